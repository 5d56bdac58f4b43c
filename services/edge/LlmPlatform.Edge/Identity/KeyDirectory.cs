using LlmPlatform.Hosting.Admin;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Says to this and to other services whose key it is that was shown to their admin API: from PostgreSQL, so that what
/// was changed a moment ago counts, and from the key ring while PostgreSQL is away.
/// </summary>
internal sealed class KeyDirectory(IServiceScopeFactory scopes, KeyRingFeed keys, TimeProvider clock) : IOperatorKeys
{
    public async ValueTask<OperatorKey?> FindAsync(string secretHash, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<EdgeDbContext>();
            var now = clock.GetUtcNow();
            var key = await database.Keys.AsNoTracking()
                .InService()
                .Where(key => key.ExpiresAt == null || key.ExpiresAt > now)
                .Where(key => key.Secrets.Any(secret =>
                    secret.Hash == secretHash && (secret.EndsAt == null || secret.EndsAt > now)))
                .SingleOrDefaultAsync(cancellationToken);
            return key is null ? null : new OperatorKey(key.Id, key.Name, key.Tenant, key.Role);
        }
        catch (Exception fault) when (DatabaseAway.Explains(fault))
        {
            return Remembered(secretHash, fault);
        }
    }

    private OperatorKey? Remembered(string secretHash, Exception fault)
    {
        if (!keys.AreTrusted)
        {
            throw new OperatorKeysUnavailableException("The edge has no keys it may use.", fault);
        }

        return keys.Current.FindByHash(secretHash) is { } caller && caller.FaultAt(clock.GetUtcNow()) is null
            ? new OperatorKey(caller.KeyId, caller.KeyName, caller.Tenant, caller.Role)
            : null;
    }
}
