using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Budgets;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Forecasts;

/// <summary>
/// Says, once a period and limit, that a budget will be used up before its end, and once a day that an hour's spending
/// was not usual. Scoped, like the context.
/// </summary>
internal sealed class SpendingForecasts(
    AlertingDbContext database, NoticeBook notices, StorePatience patience, ForecastOptions options)
{
    private const int HoursPerWeek = 7 * 24;
    private const int WeeksCompared = 4;
    private const int WeeksNeeded = 2;

    private static readonly TimeSpan FinelyKept = TimeSpan.FromHours(16);

    /// <summary>Keeps a sample and judges what it shows. A repeat changes nothing.</summary>
    public async Task TakeAsync(BudgetSpendingObserved seen, CancellationToken cancellationToken)
    {
        var curve = await patience.DoAsync(database, () => KeepAsync(seen, cancellationToken), cancellationToken);
        if (UsedUpAt(seen, curve) is { } usedUpAt)
        {
            await notices.PostAsync(
                FormattableString.Invariant($"forecast\n{seen.BudgetId}\n{seen.PeriodId}\n{seen.Limit()}"),
                ForecastWording.WillBeUsedUp(seen, usedUpAt),
                seen.Channels,
                cancellationToken);
        }

        if (UsualOf(seen, curve) is { } usual)
        {
            var day = NoticeWords.Time(seen.ObservedAt, seen.TimeZone)[..10];
            await notices.PostAsync(
                $"unusual\n{seen.BudgetId}\n{day}",
                ForecastWording.Unusual(seen, curve.Between(HourBefore(seen), seen.ObservedAt), usual),
                seen.Channels,
                cancellationToken);
        }
    }

    private static DateTimeOffset HourBefore(BudgetSpendingObserved seen) => seen.ObservedAt - TimeSpan.FromHours(1);

    private async Task<SpendingCurve> KeepAsync(BudgetSpendingObserved seen, CancellationToken cancellationToken)
    {
        var (at, startsAt) = (seen.ObservedAt.ToUniversalTime(), seen.PeriodStartsAt.ToUniversalTime());
        var (forgotten, old) = (at - options.Retention, at - FinelyKept);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO alerting.spending_sample (budget_id, taken_at, period_id, period_starts_at, spent_nano_usd)
            VALUES ({seen.BudgetId}, {at}, {seen.PeriodId}, {startsAt}, {seen.Spent()})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);

        // Of what is older one an hour is enough, and the last of each period, which says what it came to.
        await database.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM alerting.spending_sample AS sample
            WHERE budget_id = {seen.BudgetId} AND taken_at < {old}
              AND (taken_at < {forgotten} OR (date_trunc('hour', taken_at) <> taken_at AND EXISTS (
                SELECT FROM alerting.spending_sample AS later
                WHERE later.budget_id = sample.budget_id AND later.period_id = sample.period_id
                  AND later.taken_at > sample.taken_at)))
            """,
            cancellationToken);
        return new SpendingCurve(await database.SpendingSamples.AsNoTracking()
            .Where(sample => sample.BudgetId == seen.BudgetId && sample.TakenAt <= at)
            .ToListAsync(cancellationToken));
    }

    /// <summary>
    /// When the budget is used up, if it goes on as in both a longer and a shorter while: the slower of the two rates
    /// decides, so that neither a burst that is over nor a habit that was given up raises an alarm.
    /// </summary>
    private DateTimeOffset? UsedUpAt(BudgetSpendingObserved seen, SpendingCurve curve)
    {
        var (at, length) = (seen.ObservedAt, seen.PeriodEndsAt - seen.PeriodStartsAt);
        var window = TimeSpan.FromTicks(
            Math.Min((long)(length.Ticks * options.WindowPart), options.WindowMax.Ticks));
        var left = seen.Limit() - seen.Spent();
        if (left <= 0 || at - seen.PeriodStartsAt < window || at >= seen.PeriodEndsAt)
            return null;

        var rate = Math.Min(Rate(window), Rate(window / 6));
        if (rate <= 0)
            return null;
        var latest = seen.PeriodEndsAt - (length * options.Margin);
        var ticks = left / rate;
        return ticks < (latest - at).Ticks ? at.AddTicks((long)ticks) : null;

        double Rate(TimeSpan span) => (double)curve.Between(at - span, at) / span.Ticks;
    }

    /// <summary>
    /// What is usual at this hour of the week, the middle of the last four, where the last hour was far beyond it; null
    /// where it was not, or not enough is known.
    /// </summary>
    private long? UsualOf(BudgetSpendingObserved seen, SpendingCurve curve)
    {
        var spent = curve.Between(HourBefore(seen), seen.ObservedAt);
        if (spent < (seen.CountsTokens() ? options.UnusualTokensMin : options.UnusualUsdMin * 1e9))
            return null;
        var before = Enumerable.Range(1, WeeksCompared)
            .Select(week => seen.ObservedAt - TimeSpan.FromHours(week * HoursPerWeek))
            .Where(moment => curve.Began < moment - TimeSpan.FromHours(1))
            .Select(moment => curve.Between(moment - TimeSpan.FromHours(1), moment))
            .Order()
            .ToList();
        if (before.Count < WeeksNeeded)
            return null;
        var usual = before[before.Count / 2];
        return spent > usual * options.UnusualFactor ? usual : null;
    }
}
