namespace LlmPlatform.Quota;

/// <summary>
/// What this process may admit by itself while Redis is away: of each budget a share of what it had left when it was
/// seen last, and of each rate, burst and number of open calls its part of the figure, in counts of its own.
/// Thread-safe; used in an outage only. Calls that were open before the outage are not counted.
/// </summary>
/// <param name="clock">The clock of the windows.</param>
public sealed class LocalShares(TimeProvider clock)
{
    private const int CountsMax = 50_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Counted Who, long Window), long> _windows = [];
    private readonly Dictionary<Counted, (double Level, DateTimeOffset At)> _buckets = [];
    private readonly Dictionary<Counted, long> _open = [];

    /// <summary>Takes a call's part of every share, or of none.</summary>
    /// <param name="limits">What applies to it.</param>
    /// <param name="estimateNanoUsd">The dearest it may become.</param>
    /// <param name="tokens">The tokens it may consume.</param>
    /// <param name="share">Which part of what is left all such processes may use, 0 to 1.</param>
    /// <param name="processes">How many share it.</param>
    /// <returns>
    /// To be disposed of when the call ends: its places among open calls are free then. Null when a share is used up,
    /// or a budget was never seen.
    /// </returns>
    public IDisposable? TryTake(
        ApplicableLimits limits, long estimateNanoUsd, long tokens, double share, int processes)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            foreach (var budget in limits.BudgetCounters)
            {
                var period = budget.PeriodAt(now);
                if (budget.Definition.Enforce
                    && (period.RoomSeen is not { } room
                        || period.TakenLocally + AmountOf(budget) > (long)(room * share / processes)))
                    return null;
            }

            foreach (var rate in limits.RateCounters)
                if (UsedOf(rate, now, processes) + CostOf(rate.Rule, tokens) > rate.Rule.Capacity / processes)
                    return null;

            foreach (var budget in limits.BudgetCounters)
                budget.PeriodAt(now).TakenLocally += AmountOf(budget);
            return Take(limits, now, tokens, processes);
        }

        long AmountOf(BudgetCounter budget) => budget.Definition.CountsTokens ? tokens : estimateNanoUsd;
    }

    private Places Take(ApplicableLimits limits, DateTimeOffset now, long tokens, int processes)
    {
        if (_windows.Count >= CountsMax)
            _windows.Clear();
        if (_buckets.Count >= CountsMax)
            _buckets.Clear();
        var places = new List<Counted>();
        foreach (var rate in limits.RateCounters)
        {
            var (who, used) = (Counted.By(rate), UsedOf(rate, now, processes));
            if (rate.Rule.Kind == RateLimitKind.Parallel)
            {
                _open[who] = (long)used + 1;
                places.Add(who);
            }
            else if (rate.Rule.Kind == RateLimitKind.Burst)
                _buckets[who] = (used + 1, now);
            else
                _windows[(who, WindowOf(rate.Rule, now))] = (long)used + CostOf(rate.Rule, tokens);
        }

        return new Places(this, places);
    }

    private double UsedOf(in RateCounter rate, DateTimeOffset now, int processes)
    {
        var who = Counted.By(rate);
        if (rate.Rule.Kind == RateLimitKind.Parallel)
            return _open.GetValueOrDefault(who);
        if (rate.Rule.Kind != RateLimitKind.Burst)
            return _windows.GetValueOrDefault((who, WindowOf(rate.Rule, now)));
        if (!_buckets.TryGetValue(who, out var bucket))
            return 0;
        var refilled = (now - bucket.At) / rate.Rule.Window * rate.Rule.Refill / processes;
        return Math.Max(0, bucket.Level - refilled);
    }

    private void Free(List<Counted> places)
    {
        lock (_gate)
        {
            foreach (var place in places)
                if (_open.Remove(place, out var open) && open > 1)
                    _open[place] = open - 1;
        }
    }

    private static long CostOf(RateRule rule, long tokens) => rule.CountsTokens ? tokens : 1;

    private static long WindowOf(RateRule rule, DateTimeOffset now) => now.UtcTicks / rule.Window.Ticks;

    /// <summary>Whom a figure is counted for.</summary>
    private readonly record struct Counted(string LimitId, RateLimitKind Kind, string? Tenant, string? Subject)
    {
        internal static Counted By(in RateCounter rate) =>
            new(rate.Rule.Definition.Id, rate.Rule.Kind, rate.Tenant, rate.Subject);
    }

    /// <summary>The places of one call.</summary>
    private sealed class Places(LocalShares shares, List<Counted> taken) : IDisposable
    {
        private List<Counted>? _taken = taken;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _taken, null) is { Count: > 0 } places)
                shares.Free(places);
        }
    }
}
