namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// What this process announced last of each budget period, so that it speaks once a step and not once a call. Only a
/// memory: what it has forgotten is announced again and says nothing new.
/// </summary>
internal sealed class AnnouncedLevels(BudgetOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string BudgetId, string PeriodId), BudgetStanding> _announced = [];

    /// <summary>Whether this revision is known to have refused a request in the period.</summary>
    public bool IsRefused(string budgetId, string periodId, long revision)
    {
        lock (_gate)
            return _announced.TryGetValue((budgetId, periodId), out var known)
                && known.IsRefused && known.Revision == revision;
    }

    /// <summary>
    /// Whether a standing differs from what was announced last; one that is quiet is no news by itself.
    /// </summary>
    public bool IsNews(string budgetId, string periodId, BudgetStanding standing)
    {
        lock (_gate)
            return _announced.TryGetValue((budgetId, periodId), out var known) ? known != standing : !standing.IsQuiet;
    }

    /// <summary>Notes what has been announced, that is: committed to the outbox.</summary>
    public void Note(string budgetId, string periodId, BudgetStanding standing)
    {
        lock (_gate)
        {
            if (_announced.Count >= options.RememberedLevelsMax)
                _announced.Clear();
            _announced[(budgetId, periodId)] = standing;
        }
    }
}
