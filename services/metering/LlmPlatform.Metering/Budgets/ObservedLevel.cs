namespace LlmPlatform.Metering.Budgets;

/// <summary>A budget period's counter as someone read it.</summary>
internal sealed record ObservedLevel
{
    public required string BudgetId { get; init; }

    public required string PeriodId { get; init; }

    /// <summary>In the budget's unit.</summary>
    public required long Spent { get; init; }

    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>An instant within the period.</summary>
    public required DateTimeOffset PeriodContains { get; init; }

    /// <summary>The highest revision an edge has admitted with; null when none has.</summary>
    public long? Revision { get; init; }

    /// <summary>True when the budget refused a request, other than for open holds.</summary>
    public bool IsRefused { get; init; }
}
