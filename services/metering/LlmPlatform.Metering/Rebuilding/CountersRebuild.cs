using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting;
using LlmPlatform.Messaging;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Metering.Recovery;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Rebuilding;

/// <summary>
/// Derives again from billing's usage rows what metering derives from usage: what budget periods have spent, and which
/// thresholds they crossed. Crossings that were announced are announced again, under the ids they had, so that an alert
/// that was lost is opened and one that is there is not. Safe while the platform runs; budgets that refuse stay shut
/// for the moment it takes.
/// </summary>
internal sealed class CountersRebuild(
    LostCounters counters,
    MeteringDbContext database,
    IOutbox<MeteringDbContext> outbox,
    TimeProvider clock)
{
    public async Task<RebuiltCounters> RunAsync(CancellationToken cancellationToken)
    {
        var (seed, differing) = await counters.RenewAsync(cancellationToken);
        var spent = seed.Periods.ToDictionary(
            period => (period.BudgetId, period.PeriodId), period => period.Spent);
        var (crossings, missing) = await AnnounceAsync(spent, cancellationToken);
        return new RebuiltCounters(
            spent.Count,
            differing,
            CanonicalHash.Of(spent.Select(period =>
                FormattableString.Invariant($"{period.Key.BudgetId} {period.Key.PeriodId} {period.Value}"))),
            crossings.Count,
            missing,
            CanonicalHash.Of(crossings.Select(crossing => FormattableString.Invariant(
                $"{crossing.BudgetId} {crossing.PeriodId} {crossing.ThresholdBasisPoints}"))));
    }

    private async Task<(IReadOnlyList<BudgetThresholdCrossed> Crossings, int Missing)> AnnounceAsync(
        Dictionary<(string, string), long> spent, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var since = now - LostCounters.PeriodsBack;
        var budgets = await database.Budgets.AsNoTracking()
            .ToDictionaryAsync(budget => budget.Id, cancellationToken);
        var periods = await database.Periods.AsNoTracking()
            .Where(period => period.EndsAt > since)
            .ToListAsync(cancellationToken);
        var crossings = new List<BudgetThresholdCrossed>();
        var missing = 0;
        foreach (var period in periods)
        {
            var budget = budgets[period.BudgetId];
            var id = BudgetPeriodState.IdOf(period.BudgetId, period.PeriodId);
            var state = await database.PeriodStates.AsNoTracking()
                .FirstOrDefaultAsync(known => known.CorrelationId == id, cancellationToken);
            var amount = spent.GetValueOrDefault((period.BudgetId, period.PeriodId));
            int[] announced = state?.AnnouncedBasisPoints ?? [];
            var repeated = announced.Union(state?.RearmedBasisPoints ?? [])
                .Select(threshold => CrossingOf(budget, period, threshold, amount, state?.ObservedAt ?? now))
                .ToList();
            crossings.AddRange(repeated);

            // Nobody waits for news of a budget that was deleted.
            if (budget.RetiredAt is not null)
                continue;
            foreach (var crossing in repeated)
                outbox.Add(crossing, BudgetPeriodState.CrossingIdOf(
                    crossing.BudgetId, crossing.PeriodId, crossing.ThresholdBasisPoints));

            var isRefused = state?.RefusedRevision == budget.InForceAt(now).Revision;
            int[] unannounced =
                [.. BudgetStanding.ThresholdsReachedBy(budget, amount, isRefused, now).Except(announced)];
            if (unannounced.Length == 0)
                continue;

            // The state machine announces them, and remembers that it did.
            missing += unannounced.Length;
            crossings.AddRange(unannounced.Except(state?.RearmedBasisPoints ?? [])
                .Select(threshold => CrossingOf(budget, period, threshold, amount, now)));
            outbox.Add(BudgetMessages.Advanced(budget, period.PeriodId, amount, isRefused, now));
        }

        await database.SaveChangesAsync(cancellationToken);
        return (crossings, missing);
    }

    private static BudgetThresholdCrossed CrossingOf(
        Budget budget, OpenedPeriod period, int threshold, long spent, DateTimeOffset at) => BudgetMessages.Crossed(
        budget, period.PeriodId, (period.StartsAt, period.EndsAt), threshold, spent, episode: 0, at);
}
