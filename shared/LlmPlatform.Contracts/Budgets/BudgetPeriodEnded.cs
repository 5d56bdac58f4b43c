namespace LlmPlatform.Contracts.Budgets;

/// <summary>The last instant of a budget period has passed. Usage admitted in it may still arrive.</summary>
public sealed record BudgetPeriodEnded
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>The first instant after the period.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}
