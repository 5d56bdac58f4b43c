using System.Collections.Concurrent;
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
    MeteringTelemetry telemetry,
    CounterOptions options) : IConsumer<UsageRecordedBatch>
{
    public async Task Consume(ConsumeContext<UsageRecordedBatch> context)
    {
        var observed = new ConcurrentBag<ObservedLevel>();
        var atOnce = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.ConcurrentSettles,
            CancellationToken = context.CancellationToken,
        };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, context.Message.Events.Count),
            atOnce,
            async (index, cancellationToken) =>
            {
                var usage = context.Message.Events[index];
                var (edge, epoch) = (context.Message.EdgeId, context.Message.Epoch);
                var origin = new UsageOrigin(edge, epoch, context.Message.FirstSequence + index);
                var result = await holds.SettleAsync(usage, origin, cancellationToken);
                await live.CountAsync(context.Message, index, cancellationToken);
                telemetry.Settled(result.Outcome);
                foreach (var level in result.Budgets)
                    observed.Add(LevelOf(usage, result, level));
            });

        // Should this fail, the message comes again, the settles repeat, and the levels are found as they are by then.
        await levels.AnnounceAsync(observed, context.CancellationToken);
    }

    private static ObservedLevel LevelOf(UsageRecorded usage, SettleResult result, BudgetLevel level) => new()
    {
        BudgetId = level.BudgetId,
        PeriodId = level.PeriodId,
        SpentNanoUsd = level.SpentNanoUsd,
        Revision = level.Revision,
        ObservedAt = result.SettledAt,
        PeriodContains = usage.OccurredAt,
    };
}
