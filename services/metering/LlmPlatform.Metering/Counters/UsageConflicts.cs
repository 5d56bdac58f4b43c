using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Metering.Counters;

/// <summary>
/// Keeps what contradicts the counters, for a person to look at: of two amounts under one event id and version the
/// first was settled, and nobody here can say which is right. Billing keeps the same event in its quarantine, from
/// where it is corrected under a higher version.
/// </summary>
internal sealed partial class UsageConflicts(
    IServiceScopeFactory scopes, TimeProvider clock, ILogger<UsageConflicts> logger)
{
    private const string Reason =
        "The counters hold another amount under the same event id and version; this one was not counted.";

    /// <summary>Keeps an event; one from the same place in its spool is there already.</summary>
    public async Task KeepAsync(UsageRecorded usage, UsageOrigin origin, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var inserted = await scope.ServiceProvider.GetRequiredService<MeteringDbContext>().Database.ExecuteSqlAsync(
            $"""
            INSERT INTO metering.usage_conflict (edge_id, edge_epoch, edge_sequence, event_id, event_version, tenant,
                occurred_at, cost_nano_usd, reason, payload, found_at)
            VALUES ({origin.EdgeId}, {origin.Epoch}, {origin.Sequence}, {usage.EventId}, {usage.EventVersion},
                {usage.Tenant.Replace("\0", "", StringComparison.Ordinal)}, {usage.OccurredAt.ToUniversalTime()},
                {usage.CostNanoUsd}, {Reason}, {JsonSerializer.Serialize(usage)}::json, {clock.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);
        if (inserted == 1)
            Contradicted(usage.EventId, usage.EventVersion);
    }

    /// <summary>The newest of them.</summary>
    public async Task<IReadOnlyList<UsageConflict>> ListAsync(int atMost, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<MeteringDbContext>().Database.SqlQuery<Row>(
            $"""
            SELECT edge_id AS "EdgeId", edge_epoch AS "Epoch", edge_sequence AS "Sequence", event_id AS "EventId",
                event_version AS "EventVersion", tenant AS "Tenant", occurred_at AS "OccurredAt",
                cost_nano_usd AS "CostNanoUsd", reason AS "Reason", found_at AS "FoundAt", payload::text AS "Payload"
            FROM metering.usage_conflict ORDER BY found_at DESC, edge_sequence DESC LIMIT {atMost}
            """).ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => new UsageConflict(
                row.EdgeId, row.Epoch, row.Sequence, row.EventId, row.EventVersion, row.Tenant, row.OccurredAt,
                row.CostNanoUsd, row.Reason, row.FoundAt, JsonSerializer.Deserialize<JsonElement>(row.Payload))),
        ];
    }

    [LoggerMessage(LogLevel.Error, "Usage event {EventId} version {Version} came again with another amount")]
    private partial void Contradicted(Guid eventId, int version);

    private sealed record Row(
        Guid EdgeId,
        long Epoch,
        long Sequence,
        Guid EventId,
        int EventVersion,
        string Tenant,
        DateTimeOffset OccurredAt,
        long CostNanoUsd,
        string Reason,
        DateTimeOffset FoundAt,
        string Payload);
}
