namespace LlmPlatform.Money.Periods;

/// <summary>How a budget's time is cut into periods.</summary>
public enum BudgetPeriodKind
{
    /// <summary>From midnight to midnight in the budget's zone.</summary>
    Daily,

    /// <summary>From Monday, or another day, to the next one in the budget's zone.</summary>
    Weekly,

    /// <summary>From the first of a month to the first of the next in the budget's zone.</summary>
    Monthly,

    /// <summary>
    /// Three months each in the budget's zone, from January or the month in which its fiscal year begins.
    /// </summary>
    Quarterly,

    /// <summary>Equal lengths counted from an instant, 1970-01-01T00:00Z by default, whatever the zone.</summary>
    Length,
}
