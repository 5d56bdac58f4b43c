using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Tells the admission script which secrets open nothing any more, so that an edge refuses them that has not heard of
/// it: bus or no bus. What Redis did not take, or has lost, is written again from PostgreSQL.
/// </summary>
internal sealed partial class SecretWithdrawals(
    IServiceScopeFactory scopes,
    WithdrawnSecrets withdrawn,
    KeyRingFeed keys,
    IdentityOptions options,
    SnapshotOptions snapshots,
    TimeProvider clock,
    ILogger<SecretWithdrawals> logger) : BackgroundService
{
    private bool _failing;

    /// <summary>Tells what a change ended, at once. Redis away is no fault: the next look writes it.</summary>
    /// <returns>Whether every edge refuses the secrets from now on.</returns>
    public async Task<bool> SpreadAsync(IReadOnlyCollection<SecretWithdrawal> secrets, long keysVersion)
    {
        try
        {
            await withdrawn.AddAsync(secrets, keysVersion, options.TrustKeysFor);
            return true;
        }
        catch (QuotaUnavailableException fault)
        {
            NotSpread(secrets.Count, fault.Message);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CompleteAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The loop must live: PostgreSQL or Redis is away, and whichever it is comes back.
                if (!_failing)
                {
                    NotComplete(fault.GetType().Name);
                }

                _failing = true;
            }

            await Task.Delay(snapshots.PollInterval, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (await withdrawn.CompleteToAsync(cancellationToken) >= keys.Current.Version)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<EdgeDbContext>();

        // The version before the secrets: what changes in between is told by the next version once more.
        var version = (await database.Versions.AsNoTracking().SingleAsync(cancellationToken)).Version;
        var now = clock.GetUtcNow();
        var since = now - options.TrustKeysFor;
        var ended = await database.Keys.AsNoTracking()
            .SelectMany(key => key.Secrets, (key, secret) => new
            {
                secret.Hash,
                secret.EndsAt,
                StoppedAt = key.RevokedAt ?? key.DeactivatedAt ?? key.Owner!.DeactivatedAt
                    ?? (key.ExpiresAt <= now ? key.ExpiresAt : null),
            })
            .Where(secret => secret.StoppedAt > since || secret.EndsAt > since)
            .ToListAsync(cancellationToken);
        await withdrawn.AddAllAsync(
            [
                .. ended.Select(secret => new SecretWithdrawal(
                    KeySecret.IdOf(secret.Hash), secret.StoppedAt is null ? secret.EndsAt : null)),
            ],
            version,
            options.TrustKeysFor,
            cancellationToken);
        await database.Secrets.Where(secret => secret.EndsAt <= since).ExecuteDeleteAsync(cancellationToken);
        Completed(ended.Count, version);
    }

    [LoggerMessage(LogLevel.Warning,
        "{Count} withdrawn secrets cannot be told to Redis ({Fault}); edges learn of them from PostgreSQL")]
    private partial void NotSpread(int count, string fault);

    [LoggerMessage(LogLevel.Warning, "Withdrawn secrets cannot be brought from PostgreSQL to Redis ({Fault})")]
    private partial void NotComplete(string fault);

    [LoggerMessage(LogLevel.Debug, "Redis knows {Count} withdrawn secrets, as of version {Version} of the keys")]
    private partial void Completed(int count, long version);
}
