using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Where events go that can never be stored as they are, so that the rest of their batch can.</summary>
internal sealed partial class UsageQuarantine(
    IServiceScopeFactory scopes, TimeProvider clock, ILogger<UsageQuarantine> logger)
{
    /// <summary>Keeps an event with the reason; an event kept before is left as it is.</summary>
    public async Task KeepAsync(ReceivedUsage usage, string reason, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        var recorded = usage.Event;
        var inserted = await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO billing.usage_quarantine (edge_id, edge_epoch, edge_sequence, event_id, event_version, tenant,
                occurred_at, payload, reason, quarantined_at)
            VALUES ({usage.EdgeId}, {usage.Epoch}, {usage.Sequence}, {recorded.EventId}, {recorded.EventVersion},
                {Storable(recorded.Tenant)}, {recorded.OccurredAt.ToUniversalTime()},
                {JsonSerializer.Serialize(recorded)}::json, {Short(Storable(reason))}, {clock.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);
        if (inserted == 1)
        {
            Quarantined(recorded.EventId, recorded.EventVersion, Short(reason));
        }
    }

    /// <summary>How many events are kept, for the gauge.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BillingDbContext>()
            .QuarantinedUsage.LongCountAsync(cancellationToken);
    }

    // PostgreSQL's text has no NUL.
    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);

    private static string Short(string reason) =>
        reason.Length <= QuarantinedUsage.ReasonLength ? reason : reason[..QuarantinedUsage.ReasonLength];

    [LoggerMessage(LogLevel.Error, "Usage event {EventId} version {Version} is in quarantine: {Reason}")]
    private partial void Quarantined(Guid eventId, int version, string reason);
}
