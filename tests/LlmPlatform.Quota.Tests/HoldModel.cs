using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota.Tests;

/// <summary>
/// What the ledger must do, written down in the plainest way: the oracle of <see cref="HoldModelTests"/>.
/// </summary>
internal sealed class HoldModel
{
    private readonly Dictionary<string, Counter> _counters = [];
    private readonly Dictionary<Guid, Hold> _holds = [];
    private readonly Dictionary<Guid, (int Version, long Cost)> _settled = [];
    private long _withdrawnVersion;

    internal bool IsOpen(Guid request) => _holds.TryGetValue(request, out var hold) && hold.IsOpen;

    internal (long Spent, long Held, long? Limit) Level(string budgetId) =>
        _counters.TryGetValue(budgetId, out var counter) ? (counter.Spent, counter.Held, counter.Limit) : (0, 0, null);

    internal void Withdraw(long keysVersion) => _withdrawnVersion = Math.Max(_withdrawnVersion, keysVersion);

    internal AdmissionOutcome Reserve(
        Guid request, long keysVersion, long estimate, IReadOnlyList<BudgetDefinition> budgets)
    {
        if (keysVersion < _withdrawnVersion)
            return AdmissionOutcome.Revoked;
        if (_holds.TryGetValue(request, out var known))
            return known.IsOpen ? AdmissionOutcome.Admitted : AdmissionOutcome.Ended;
        foreach (var budget in budgets)
            CounterOf(budget.Id).Learn(budget);
        if (budgets.Any(budget => !CounterOf(budget.Id).Fits(estimate)))
            return AdmissionOutcome.BudgetExceeded;

        foreach (var budget in budgets)
            CounterOf(budget.Id).Held += estimate;
        _holds[request] = new Hold
        {
            IsOpen = true, Left = estimate, Budgets = [.. budgets.Select(budget => budget.Id)],
        };
        return AdmissionOutcome.Admitted;
    }

    internal SettleOutcome Settle(UsageRecorded usage)
    {
        var isKnown = _settled.TryGetValue(usage.EventId, out var before);
        var isNewer = !isKnown || usage.EventVersion > before.Version;
        if (isNewer)
        {
            foreach (var budget in usage.Budgets)
                CounterOf(budget.BudgetId).Spent += usage.CostNanoUsd - before.Cost;
            _settled[usage.EventId] = (usage.EventVersion, usage.CostNanoUsd);
        }

        if (!isKnown && IsOpen(usage.RequestId))
            Take(usage.RequestId, Math.Min(usage.CostNanoUsd, _holds[usage.RequestId].Left));
        if (usage.EndsRequest && IsOpen(usage.RequestId))
            End(usage.RequestId);
        return !isNewer ? SettleOutcome.Repeated : isKnown ? SettleOutcome.Replaced : SettleOutcome.Settled;
    }

    internal long Release(Guid request)
    {
        if (IsOpen(request))
            return End(request);
        _holds.TryAdd(request, new Hold());
        return 0;
    }

    /// <summary>Frees what is left of an open hold.</summary>
    internal long End(Guid request)
    {
        var left = _holds[request].Left;
        Take(request, left);
        _holds[request].IsOpen = false;
        return left;
    }

    private void Take(Guid request, long amount)
    {
        _holds[request].Left -= amount;
        foreach (var budget in _holds[request].Budgets)
            CounterOf(budget).Held -= amount;
    }

    private Counter CounterOf(string budgetId)
    {
        if (!_counters.TryGetValue(budgetId, out var counter))
            _counters.Add(budgetId, counter = new Counter());
        return counter;
    }

    private sealed class Counter
    {
        private long _revision = -1;
        private bool _isEnforced;

        internal long Spent { get; set; }

        internal long Held { get; set; }

        internal long? Limit { get; private set; }

        internal bool Fits(long estimate) => !_isEnforced || (Int128)Spent + Held + estimate <= Limit;

        internal void Learn(BudgetDefinition budget)
        {
            if (budget.Revision > _revision)
                (_revision, Limit, _isEnforced) = (budget.Revision, budget.LimitNanoUsd, budget.Enforce);
        }
    }

    private sealed class Hold
    {
        internal bool IsOpen { get; set; }

        internal long Left { get; set; }

        internal IReadOnlyList<string> Budgets { get; init; } = [];
    }
}
