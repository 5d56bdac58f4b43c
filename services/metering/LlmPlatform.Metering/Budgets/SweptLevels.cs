namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// What the sweep announced and when: while the state machine has not caught up, the same is not said again at every
/// turn.
/// </summary>
internal sealed class SweptLevels(BudgetOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), (BudgetStanding Standing, DateTimeOffset At)> _announced = [];

    /// <summary>Whether it is time to announce this, and if so notes that it is.</summary>
    public bool IsDue(OpenedPeriod period, BudgetStanding standing, DateTimeOffset now)
    {
        var key = (period.BudgetId, period.PeriodId);
        lock (_gate)
        {
            if (_announced.TryGetValue(key, out var known)
                && known.Standing == standing && now - known.At < options.RepeatAfter)
                return false;
            if (_announced.Count >= options.RememberedLevelsMax)
                _announced.Clear();
            _announced[key] = (standing, now);
            return true;
        }
    }
}
