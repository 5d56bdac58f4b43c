namespace LlmPlatform.Money.Periods;

/// <summary>How a budget's time is cut into periods.</summary>
public enum BudgetPeriodKind
{
    /// <summary>From midnight to midnight in the budget's zone.</summary>
    Daily,

    /// <summary>From Monday to Monday in the budget's zone.</summary>
    Weekly,

    /// <summary>From the first of a month to the first of the next in the budget's zone.</summary>
    Monthly,

    /// <summary>Equal lengths counted from 1970-01-01T00:00Z, whatever the zone.</summary>
    Length,
}
