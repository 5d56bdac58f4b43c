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

    /// <summary>The period of an instant; computed anew only where one ends.</summary>
    internal CountedPeriod PeriodAt(DateTimeOffset instant)
    {
        var current = _current;
        if (current is not null && current.Period.StartsAt <= instant && instant < current.Period.EndsAt)
            return current;
        return _current = new CountedPeriod(Definition, _calendar.At(instant));
    }

    /// <summary>One period of the budget, written out once instead of for every call in it.</summary>
    internal sealed class CountedPeriod
    {
        internal CountedPeriod(BudgetDefinition budget, BudgetPeriod period)
        {
            Period = period;
            Key = QuotaKeys.Budget(budget.Id, period.Id);
            Held = new HeldBudget
            {
                BudgetId = budget.Id,
                Revision = budget.Revision,
                PeriodId = period.Id,
                CountsTokens = budget.CountsTokens,
            };
            HoldLine = HoldLines.Write(Held);
        }

        internal BudgetPeriod Period { get; }

        internal byte[] HoldLine { get; }

        internal HeldBudget Held { get; }

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
