using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Health;

/// <summary>Writes down what probes find. Only the replica whose turn it is writes.</summary>
internal sealed class ProviderHealthBook(IServiceScopeFactory scopes)
{
    /// <summary>Counts a probe.</summary>
    /// <returns>True when the provider went up or down by it.</returns>
    public async Task<bool> CountAsync(ProbeTarget target, ProbeResult probe, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        var health = await database.ProviderHealth.FindAsync([target.Provider], cancellationToken);
        if (health is null)
        {
            health = new ProviderHealth { Provider = target.Provider };
            database.ProviderHealth.Add(health);
        }

        var changed = health.Count(probe, target.Health);
        await database.SaveChangesAsync(cancellationToken);
        return changed;
    }

    /// <summary>Drops what is known of providers that are no longer probed: they count as up.</summary>
    public async Task KeepOnlyAsync(IReadOnlyCollection<string> providers, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        await database.ProviderHealth
            .Where(health => !providers.Contains(health.Provider))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
