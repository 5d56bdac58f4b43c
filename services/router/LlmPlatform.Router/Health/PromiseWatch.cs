using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Router.Health;

/// <summary>
/// Demotes deployments that break what is promised of them, and takes them back when the probes of their provider have
/// been good for a while. What they showed before is then forgotten, so that nothing swings. Each change is said once,
/// with its audit record, to who is on call.
/// </summary>
internal sealed partial class PromiseWatch(
    IServiceScopeFactory scopes, DeploymentPerformance performance, TimeProvider clock, ILogger<PromiseWatch> logger)
{
    /// <summary>Judges every deployment; called by the replica whose turn it is.</summary>
    public async Task JudgeAsync(PlatformConfiguration catalogue, CancellationToken cancellationToken)
    {
        performance.Follow(catalogue);
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<IOutbox<RouterDbContext>>();
        var demoted = await database.DeploymentDemotions.ToListAsync(cancellationToken);
        foreach (var (provider, model, slo, shown) in performance.Read())
        {
            if (demoted.Exists(row => row.Provider == provider && row.Model == model)
                || shown.Breaks(slo) is not { } reason)
                continue;
            var row = new DeploymentDemotion
            {
                Provider = provider,
                Model = model,
                DemotedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()),
                Reason = reason,
            };
            database.DeploymentDemotions.Add(row);
            outbox.Add(RecordOf("demoted", provider, model, reason));
            outbox.Add(new DeploymentDemoted
            {
                Provider = provider,
                ProviderModel = model,
                DemotedAt = row.DemotedAt,
                Reason = reason,
            });
            Demoted(provider, model, reason);
        }

        await TakeBackAsync(database, outbox, demoted, catalogue, cancellationToken);
        if (database.ChangeTracker.HasChanges())
            await database.SaveChangesAsync(cancellationToken);
    }

    private async Task TakeBackAsync(
        RouterDbContext database,
        IOutbox<RouterDbContext> outbox,
        List<DeploymentDemotion> demoted,
        PlatformConfiguration catalogue,
        CancellationToken cancellationToken)
    {
        if (demoted.Count == 0)
            return;
        var health = await database.ProviderHealth.AsNoTracking()
            .ToDictionaryAsync(row => row.Provider, StringComparer.Ordinal, cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var row in demoted)
        {
            var slo = catalogue.Providers.FirstOrDefault(provider => provider.Name == row.Provider)?.Slo;

            // A provider that is not probed cannot show that it is well: only time can pass.
            var isGood = health.GetValueOrDefault(row.Provider) is not { } probed
                || (probed is { Up: true, AgainstInARow: 0 } && probed.LastProbeAt > row.DemotedAt);
            row.GoodSince = isGood ? row.GoodSince ?? now : null;
            if (slo is not null && (row.GoodSince is not { } since || now - since < slo.RecoverAfter))
                continue;
            database.DeploymentDemotions.Remove(row);
            performance.Forget(row.Provider, row.Model);
            outbox.Add(RecordOf("restored", row.Provider, row.Model, $"demoted since {row.DemotedAt:O}"));
            outbox.Add(new DeploymentRestored
            {
                Provider = row.Provider,
                ProviderModel = row.Model,
                DemotedAt = row.DemotedAt,
                Reason = row.Reason,
                RestoredAt = now,
            });
            Restored(row.Provider, row.Model);
        }
    }

    private AdminChangeRecorded RecordOf(string what, string provider, string model, string summary) => new()
    {
        ChangeId = Guid.CreateVersion7(clock.GetUtcNow()),
        ChangedAt = clock.GetUtcNow(),
        Actor = "router",
        Action = $"deployment.{what}",
        Resource = $"deployment:{provider}/{model}",
        Summary = summary,
    };

    [LoggerMessage(LogLevel.Error, "Deployment {Provider}/{Model} is demoted: {Reason}")]
    private partial void Demoted(string provider, string model, string reason);

    [LoggerMessage(LogLevel.Information, "Deployment {Provider}/{Model} is taken back")]
    private partial void Restored(string provider, string model);
}
