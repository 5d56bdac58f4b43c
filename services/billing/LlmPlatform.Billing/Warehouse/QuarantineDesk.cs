using System.Text.Json;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// What persons decide about events that could not be stored: sent again, corrected or as they came, or given up. Each
/// decision is an audit record that holds the event. Scoped, like the context.
/// </summary>
internal sealed class QuarantineDesk(
    BillingDbContext database,
    IOutbox<BillingDbContext> outbox,
    UsageRater rater,
    UsageStore store,
    TimeProvider clock)
{
    /// <summary>Rates and stores an event, and lets it out. Doing it twice stores one event.</summary>
    /// <returns>What is still wrong with it; null: it is stored.</returns>
    public async Task<string?> ReplayAsync(
        QuarantinedUsage kept,
        JsonElement? corrected,
        string reason,
        string person,
        CancellationToken cancellationToken)
    {
        if (Read(kept, corrected) is not { } recorded)
        {
            return "The event cannot be read as one of the same id.";
        }

        if (UsageCheck.FaultOf(recorded) is { } fault)
        {
            return fault;
        }

        var usage = new ReceivedUsage(recorded, kept.EdgeId, kept.Epoch, kept.Sequence);
        var rows = await rater.RateAsync([usage], cancellationToken);
        if (await store.StoreAsync(rows, cancellationToken) < rows.Count)
        {
            return "It cannot be stored like this: ClickHouse refuses it, or another event stands under its id and "
                + "version, in whose place only a higher version comes.";
        }

        await LetOutAsync(kept, "usage.replayed", reason, person, cancellationToken);
        return null;
    }

    /// <summary>Gives an event up: it will be on no bill.</summary>
    public Task DiscardAsync(
        QuarantinedUsage kept, string reason, string person, CancellationToken cancellationToken) =>
        LetOutAsync(kept, "usage.discarded", reason, person, cancellationToken);

    private static UsageRecorded? Read(QuarantinedUsage kept, JsonElement? corrected)
    {
        try
        {
            var recorded = corrected is { } given
                ? given.Deserialize<UsageRecorded>(JsonSerializerOptions.Web)
                : JsonSerializer.Deserialize<UsageRecorded>(kept.Payload);
            return recorded?.EventId == kept.EventId ? recorded : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task LetOutAsync(
        QuarantinedUsage kept, string action, string reason, string person, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.QuarantinedUsage
            .Where(row => row.EdgeId == kept.EdgeId && row.Epoch == kept.Epoch && row.Sequence == kept.Sequence)
            .ExecuteDeleteAsync(cancellationToken);
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(now),
            ChangedAt = now,
            Actor = person,
            Action = action,
            Resource = $"usage:{kept.EventId}",
            Tenant = kept.Tenant,
            Summary = JsonSerializer.Serialize(new { because = reason, fault = kept.Reason, payload = kept.Payload }),
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
