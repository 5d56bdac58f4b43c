namespace LlmPlatform.Contracts.Requests;

/// <summary>The budget period that refused a request with 402.</summary>
public sealed record RefusedBudget
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period that refused.</summary>
    public required string PeriodId { get; init; }

    /// <summary>True when only open holds stood in the way: the budget itself is not exhausted yet.</summary>
    public required bool HeldOnly { get; init; }
}
