namespace LlmPlatform.Contracts.Budgets;

/// <summary>A period of a budget has begun.</summary>
public sealed record BudgetPeriodOpened
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>The revision of the budget in force.</summary>
    public required long Revision { get; init; }

    /// <summary>The first instant of the period.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>The first instant after the period.</summary>
    public required DateTimeOffset EndsAt { get; init; }
}
