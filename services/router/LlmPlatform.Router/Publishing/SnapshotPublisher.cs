using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Messaging;
using LlmPlatform.Money;
using LlmPlatform.Router.Catalog;
using LlmPlatform.Router.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LlmPlatform.Router.Publishing;

/// <summary>
/// Compares what should be published, catalogue and health as they are now, with what is, and writes the next version
/// when they differ. It looks at states, not at events: called once too often it does nothing, and what one call missed
/// the next one sees.
/// </summary>
internal sealed partial class SnapshotPublisher(
    IServiceScopeFactory scopes,
    CatalogSource source,
    CatalogBuilder catalog,
    SnapshotShelf shelf,
    PublishingOptions options,
    TimeProvider clock,
    ILogger<SnapshotPublisher> logger)
{
    /// <summary>Publishes if there is something to say.</summary>
    /// <returns>The new version; null when nothing changed, or another replica was quicker.</returns>
    public async Task<long?> PublishIfChangedAsync(CancellationToken cancellationToken)
    {
        var before = await shelf.RefreshAsync(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        var down = await database.ProviderHealth.AsNoTracking()
            .Where(provider => !provider.Up)
            .Select(provider => provider.Provider)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

        var demoted = (await database.DeploymentDemotions.AsNoTracking().ToListAsync(cancellationToken))
            .Select(row => (row.Provider, row.Model))
            .ToHashSet();

        var now = clock.GetUtcNow();
        var revision = await CatalogSource.RevisionAsync(database, cancellationToken);
        var after = catalog.Build(await source.ReadAsync(database, cancellationToken), before, down, demoted) with
        {
            CatalogRevision = revision,
        };
        if (before is not null && SnapshotHash.OfContent(after) == SnapshotHash.OfContent(before))
            return null;

        var outbox = scope.ServiceProvider.GetRequiredService<IOutbox<RouterDbContext>>();
        database.Snapshots.Add(PublishedSnapshot.Of(after, now));
        outbox.Add(new RoutingSnapshotPublished { Version = after.Version });
        if (before is null || SnapshotHash.OfCatalog(after) != SnapshotHash.OfCatalog(before))
            outbox.Add(ChangeOf(before, after, now));
        if (!await CommitAsync(database, after.Version - options.KeptVersions, cancellationToken))
            return null;

        Published(after.Version, after.Providers.Count, down.Count, after.Models.Count);
        return after.Version;
    }

    private static AdminChangeRecorded ChangeOf(RoutingSnapshot? before, RoutingSnapshot after, DateTimeOffset now) =>
        new()
        {
            // The version is part of the id: a file that is changed and changed back is three states, not two.
            ChangeId = EventIdentity.Named($"routing:{after.Version}:{SnapshotHash.OfCatalog(after)}"),
            ChangedAt = now,
            // What an operator changed has a record of its own, with his name.
            Actor = before is not null && before.CatalogRevision != after.CatalogRevision ? "admin_api" : "file",
            Action = "routing.changed",
            Resource = RoutingSnapshots.Name,
            Summary = CatalogDifference.Describe(before, after),
        };

    private static async Task<bool> CommitAsync(
        RouterDbContext database, long lastDropped, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException refused)
            when (refused.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // A replica that lost its turn without knowing it wrote the version first. The next look compares with it.
            return false;
        }

        await database.Snapshots
            .Where(snapshot => snapshot.Version <= lastDropped)
            .ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    [LoggerMessage(
        LogLevel.Information,
        "Routing snapshot {Version} is published: {Providers} providers ({Down} down), {Models} models")]
    private partial void Published(long version, int providers, int down, int models);
}
