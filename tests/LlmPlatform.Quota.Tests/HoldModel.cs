using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota.Tests;

/// <summary>
/// What the ledger must do, written down in the plainest way: the oracle of <see cref="HoldModelTests"/>.
/// </summary>
internal sealed class HoldModel
{
    private readonly Dictionary<string, Counter> _counters = [];
    private readonly Dictionary<Guid, Hold> _holds = [];
    private readonly Dictionary<Guid, (int Version, Amounts Cost)> _settled = [];
    private long _withdrawnVersion;

    internal bool IsOpen(Guid request) => _holds.TryGetValue(request, out var hold) && hold.IsOpen;

    internal (long Spent, long Held, long? Limit) Level(string budgetId) =>
        _counters.TryGetValue(budgetId, out var counter) ? (counter.Spent, counter.Held, counter.Limit) : (0, 0, null);

    /// <summary>
    /// Whether what is spent and held is within the limit and what is said to come on top of it: what calls cost beyond
    /// their holds or without one, what was admitted while nothing was enforced, and what was taken off the limit.
    /// </summary>
    internal bool IsWithinBound(string budgetId) =>
        !_counters.TryGetValue(budgetId, out var counter) || counter.Room >= -counter.Beyond;

    internal void Withdraw(long keysVersion) => _withdrawnVersion = Math.Max(_withdrawnVersion, keysVersion);

    internal AdmissionOutcome Reserve(
        Guid request, long keysVersion, Amounts estimate, Amounts least, IReadOnlyList<BudgetDefinition> budgets)
    {
        if (keysVersion < _withdrawnVersion)
            return AdmissionOutcome.Revoked;
        if (_holds.TryGetValue(request, out var known))
            return known.IsOpen ? AdmissionOutcome.Admitted : AdmissionOutcome.Ended;
        foreach (var budget in budgets)
            CounterOf(budget.Id).Learn(budget);
        if (budgets.Any(budget => CounterOf(budget.Id).Room < least.In(budget.CountsTokens)))
            return AdmissionOutcome.BudgetExceeded;

        var granted = new Amounts(GrantedIn(false, estimate.NanoUsd), GrantedIn(true, estimate.Tokens));
        foreach (var budget in budgets)
            CounterOf(budget.Id).Hold(granted);
        _holds[request] = new Hold
        {
            IsOpen = true, Left = granted, Budgets = [.. budgets.Select(budget => budget.Id)],
        };
        return AdmissionOutcome.Admitted;

        long GrantedIn(bool tokens, long most) => budgets.Where(budget => budget.CountsTokens == tokens)
            .Aggregate(most, (granted, budget) => (long)Int128.Min(granted, CounterOf(budget.Id).Room));
    }

    /// <summary>More for a request that is open, in all of its budgets or in none.</summary>
    internal HoldExtensionOutcome Extend(Guid request, Amounts amount)
    {
        if (!IsOpen(request))
            return HoldExtensionOutcome.Ended;
        var hold = _holds[request];
        if (hold.Budgets.Any(budget => CounterOf(budget).Room < CounterOf(budget).AmountOf(amount)))
            return HoldExtensionOutcome.Refused;
        hold.Left += amount;
        foreach (var budget in hold.Budgets)
            CounterOf(budget).Hold(amount);
        return HoldExtensionOutcome.Held;
    }

    internal SettleOutcome Settle(UsageRecorded usage)
    {
        var cost = new Amounts(usage.CostNanoUsd, usage.Tokens.TotalInput + usage.Tokens.TotalOutput);
        var isKnown = _settled.TryGetValue(usage.EventId, out var before);
        var isNewer = !isKnown || usage.EventVersion > before.Version;
        var used = usage.Budgets.ToDictionary(
            budget => budget.BudgetId, budget => CounterOf(budget.BudgetId).Used);
        if (isNewer)
        {
            foreach (var budget in usage.Budgets)
                CounterOf(budget.BudgetId).Spend(cost - before.Cost);
            _settled[usage.EventId] = (usage.EventVersion, cost);
        }

        if (!isKnown && IsOpen(usage.RequestId))
            Take(usage.RequestId, cost.AtMost(_holds[usage.RequestId].Left));
        foreach (var (budget, amount) in used)
            CounterOf(budget).Beyond += Int128.Max(0, CounterOf(budget).Used - amount);
        if (usage.EndsRequest && IsOpen(usage.RequestId))
            End(usage.RequestId);
        var isConflict = isKnown && usage.EventVersion == before.Version && usage.CostNanoUsd != before.Cost.NanoUsd;
        return isConflict ? SettleOutcome.Conflicting
            : !isNewer ? SettleOutcome.Repeated
            : isKnown ? SettleOutcome.Replaced : SettleOutcome.Settled;
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
        return left.NanoUsd;
    }

    private void Take(Guid request, Amounts amount)
    {
        _holds[request].Left -= amount;
        foreach (var budget in _holds[request].Budgets)
            CounterOf(budget).Free(amount);
    }

    private Counter CounterOf(string budgetId)
    {
        if (!_counters.TryGetValue(budgetId, out var counter))
            _counters.Add(budgetId, counter = new Counter());
        return counter;
    }

    /// <summary>An amount in both units; every budget looks at its own.</summary>
    internal readonly record struct Amounts(long NanoUsd, long Tokens)
    {
        public static Amounts operator +(Amounts one, Amounts other) =>
            new(one.NanoUsd + other.NanoUsd, one.Tokens + other.Tokens);

        public static Amounts operator -(Amounts one, Amounts other) =>
            new(one.NanoUsd - other.NanoUsd, one.Tokens - other.Tokens);

        internal long In(bool tokens) => tokens ? Tokens : NanoUsd;

        internal Amounts AtMost(Amounts most) =>
            new(Math.Min(NanoUsd, most.NanoUsd), Math.Min(Tokens, most.Tokens));
    }

    private sealed class Counter
    {
        private long _revision = -1;
        private bool _isEnforced;
        private bool _countsTokens;

        internal long Spent { get; private set; }

        internal long Held { get; private set; }

        internal long? Limit { get; private set; }

        /// <summary>By how much spending may have passed the limit.</summary>
        internal Int128 Beyond { get; set; }

        internal Int128 Used => (Int128)Spent + Held;

        internal Int128 Room => _isEnforced ? (Int128)Limit!.Value - Spent - Held : Int128.MaxValue;

        internal long AmountOf(Amounts amounts) => amounts.In(_countsTokens);

        internal void Hold(Amounts amounts)
        {
            Held += AmountOf(amounts);
            Beyond += _isEnforced ? 0 : AmountOf(amounts);
        }

        internal void Free(Amounts amounts) => Held -= AmountOf(amounts);

        internal void Spend(Amounts amounts) => Spent += AmountOf(amounts);

        internal void Learn(BudgetDefinition budget)
        {
            if (budget.Revision <= _revision)
                return;
            Beyond += Int128.Max(0, (Limit ?? 0) - (Int128)budget.Limit);
            (_revision, Limit, _isEnforced, _countsTokens) =
                (budget.Revision, budget.Limit, budget.Enforce, budget.CountsTokens);
        }
    }

    private sealed class Hold
    {
        internal bool IsOpen { get; set; }

        internal Amounts Left { get; set; }

        internal IReadOnlyList<string> Budgets { get; init; } = [];
    }
}
