using System.Collections.Frozen;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Periods;

namespace LlmPlatform.Quota;

/// <summary>
/// A budget as admission sees it: whom it counts, and its current period with everything a script needs of it.
/// </summary>
internal sealed class BudgetCounter
{
    private readonly BudgetCalendar _calendar;
    private readonly FrozenSet<string>? _sharedUsers;
    private volatile CountedPeriod? _current;

    internal BudgetCounter(BudgetDefinition definition)
    {
        Definition = definition;
        _calendar = definition.Calendar();
        _sharedUsers = definition.SharedUsers.Count == 0 ? null : definition.SharedUsers.ToFrozenSet();
    }

    internal BudgetDefinition Definition { get; }

    internal bool Counts(in CallerScopes caller) =>
        _sharedUsers is null || (caller.User is { } user && _sharedUsers.Contains(user));

    /// <summary>The period of an instant; computed anew only where one ends, or its limit changes.</summary>
    internal CountedPeriod PeriodAt(DateTimeOffset instant)
    {
        var current = _current;
        if (current is not null && current.From <= instant && instant < current.Until)
            return current;
        return _current = new CountedPeriod(Definition, _calendar.At(instant), instant, current);
    }

    /// <summary>
    /// One period of the budget, or as much of it as one limit holds for, written out once instead of for every call in
    /// it.
    /// </summary>
    internal sealed class CountedPeriod
    {
        internal CountedPeriod(
            BudgetDefinition budget, BudgetPeriod period, DateTimeOffset instant, CountedPeriod? before)
        {
            Period = period;
            InForce = budget.InForceAt(instant);
            From = InForce.From > period.StartsAt ? InForce.From : period.StartsAt;
            Until = InForce.Until < period.EndsAt ? InForce.Until : period.EndsAt;
            if (before?.Period == period)
            {
                RoomSeen = before.RoomSeen + InForce.Limit - before.InForce.Limit;
                TakenLocally = before.TakenLocally;
            }

            Key = QuotaKeys.Budget(budget.Id, period.Id);
            Held = new HeldBudget
            {
                BudgetId = budget.Id,
                Revision = InForce.Revision,
                PeriodId = period.Id,
                CountsTokens = budget.CountsTokens,
            };
            HoldLine = HoldLines.Write(Held);
        }

        internal BudgetPeriod Period { get; }

        /// <summary>The limit that holds from <see cref="From"/> to before <see cref="Until"/>.</summary>
        internal LimitInForce InForce { get; }

        internal DateTimeOffset From { get; }

        internal DateTimeOffset Until { get; }

        internal byte[] HoldLine { get; }

        internal HeldBudget Held { get; }

        /// <summary>
        /// This and all that the last call held in whose last budget it was; of many threads, any one's.
        /// </summary>
        internal HeldBudget[]? HeldTogether { get; set; }

        internal byte[] Key { get; }

        /// <summary>
        /// What an enforced budget had left when Redis was asked last, in its unit; null: never, or it enforces
        /// nothing.
        /// </summary>
        internal long? RoomSeen { get; private set; }

        /// <summary>What was admitted without Redis since; under the lock of who admits so.</summary>
        internal long TakenLocally { get; set; }

        /// <summary>Notes what Redis said is left; negative: nothing is enforced.</summary>
        internal void See(long room)
        {
            // Calls of many threads write it, and any of the newest will do.
            RoomSeen = room < 0 ? null : room;
            TakenLocally = 0;
        }
    }
}
