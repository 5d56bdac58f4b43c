namespace LlmPlatform.Quota;

/// <summary>
/// What this process may admit by itself while Redis is away: of each budget a share of what it had left when it was
/// seen last, of each rate a share of its figure in windows of its own. Calls open at once, and bursts, are not
/// counted. Thread-safe; used in an outage only.
/// </summary>
/// <param name="clock">The clock of the windows.</param>
public sealed class LocalShares(TimeProvider clock)
{
    private const int WindowsMax = 50_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Key, string? Tenant, string? Subject, long Window), long> _windows = [];

    /// <summary>Takes a call's part of every share, or of none.</summary>
    /// <param name="limits">What applies to it.</param>
    /// <param name="estimateNanoUsd">The dearest it may become.</param>
    /// <param name="tokens">The tokens it may consume.</param>
    /// <param name="share">Which part of what is left all such processes may use, 0 to 1.</param>
    /// <param name="processes">How many share it.</param>
    /// <returns>False when a share is used up, or a budget was never seen.</returns>
    public bool TryTake(ApplicableLimits limits, long estimateNanoUsd, long tokens, double share, int processes)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            foreach (var budget in limits.BudgetCounters)
            {
                var period = budget.PeriodAt(now);
                if (budget.Definition.Enforce
                    && (period.RoomSeen is not { } room
                        || period.TakenLocally + estimateNanoUsd > (long)(room * share / processes)))
                    return false;
            }

            foreach (var rate in limits.RateCounters)
                if (IsCounted(rate.Rule)
                    && UsedOf(rate, now) + CostOf(rate.Rule, tokens) > rate.Rule.Capacity / processes)
                    return false;

            foreach (var budget in limits.BudgetCounters)
                budget.PeriodAt(now).TakenLocally += estimateNanoUsd;
            if (_windows.Count >= WindowsMax)
                _windows.Clear();
            foreach (var rate in limits.RateCounters)
                if (IsCounted(rate.Rule))
                    _windows[WindowOf(rate, now)] = UsedOf(rate, now) + CostOf(rate.Rule, tokens);
            return true;
        }
    }

    private long UsedOf(in RateCounter rate, DateTimeOffset now) => _windows.GetValueOrDefault(WindowOf(rate, now));

    private static bool IsCounted(RateRule rule) => rule.CountsRequests || rule.CountsTokens;

    private static long CostOf(RateRule rule, long tokens) => rule.CountsTokens ? tokens : 1;

    private static (string, string?, string?, long) WindowOf(in RateCounter rate, DateTimeOffset now) => (
        $"{rate.Rule.Definition.Id}:{rate.Rule.Kind}", rate.Tenant, rate.Subject,
        now.UtcTicks / rate.Rule.Window.Ticks);
}
