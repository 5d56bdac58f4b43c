using LlmPlatform.Contracts.Usage;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.Quota;
using MassTransit;

namespace LlmPlatform.Metering.Counters;

/// <summary>
/// Settles every event again: the edge did so from its spool, unless Redis was away or the edge died. A settle counts
/// once for an event and version, so a repeat only reads where the budgets stand.
/// </summary>
internal sealed class UsageRecordedConsumer(
    HoldLedger holds,
    LiveCounters live,
    LevelAnnouncer levels,
    UsageConflicts conflicts,
    MeteringTelemetry telemetry,
    CounterOptions options) : IConsumer<UsageRecordedBatch>
{
    public async Task Consume(ConsumeContext<UsageRecordedBatch> context)
    {
        var observed = new List<ObservedLevel>();
        var settlements = SettlementsOf(context.Message);
        for (var from = 0; from < settlements.Length; from += options.SettlesPerCall)
        {
            var count = Math.Min(options.SettlesPerCall, settlements.Length - from);
            var batch = settlements.AsMemory(from, count);
            var result = await holds.SettleAsync(batch, withLevels: true, context.CancellationToken);
            await NoteAsync(context.Message.Events.Skip(from), batch, result.Outcomes, context.CancellationToken);
            var charged = ChargedIn(batch.Span);
            foreach (var level in result.Budgets)
                observed.Add(LevelOf(charged[(level.BudgetId, level.PeriodId)], result.SettledAt, level));
        }

        await live.CountAsync(context.Message, context.CancellationToken);

        // Should this fail, the message comes again, the settles repeat, and the levels are found as they are by then.
        await levels.AnnounceAsync(observed, context.CancellationToken);
    }

    private async Task NoteAsync(
        IEnumerable<UsageRecorded> events,
        ReadOnlyMemory<UsageSettlement> batch,
        IReadOnlyList<SettleOutcome> outcomes,
        CancellationToken cancellationToken)
    {
        foreach (var (usage, index) in events.Take(outcomes.Count).Select((usage, index) => (usage, index)))
        {
            telemetry.Settled(outcomes[index]);
            if (outcomes[index] == SettleOutcome.Conflicting)
                await conflicts.KeepAsync(usage, batch.Span[index].Origin!.Value, cancellationToken);
        }
    }

    private static UsageSettlement[] SettlementsOf(UsageRecordedBatch batch) =>
    [
        .. batch.Events.Select((usage, index) => UsageSettlement.Of(usage) with
        {
            Origin = new UsageOrigin(batch.EdgeId, batch.Epoch, batch.FirstSequence + index),
        }),
    ];

    // An instant within each budget period: the last event of it.
    private static Dictionary<(string BudgetId, string PeriodId), DateTimeOffset> ChargedIn(
        ReadOnlySpan<UsageSettlement> batch)
    {
        var charged = new Dictionary<(string, string), DateTimeOffset>();
        foreach (ref readonly var usage in batch)
            for (var i = 0; i < usage.Budgets.Count; i++)
                charged[(usage.Budgets[i].BudgetId, usage.Budgets[i].PeriodId)] = usage.OccurredAt;
        return charged;
    }

    private static ObservedLevel LevelOf(DateTimeOffset charged, DateTimeOffset settledAt, BudgetLevel level) => new()
    {
        BudgetId = level.BudgetId,
        PeriodId = level.PeriodId,
        Spent = level.Spent,
        Revision = level.Revision,
        ObservedAt = settledAt,
        PeriodContains = charged,
    };
}
