namespace LlmPlatform.Contracts.Budgets;

/// <summary>
/// A budget period that had crossed a threshold is well below it again, because the limit was raised or what was spent
/// corrected: crossing it again will be said again.
/// </summary>
public sealed record BudgetThresholdRearmed
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>The threshold in basis points of the limit.</summary>
    public required int ThresholdBasisPoints { get; init; }

    /// <summary>The episode that is over, as in <see cref="BudgetThresholdCrossed.Episode"/>.</summary>
    public required int Episode { get; init; }

    /// <summary>When it was found.</summary>
    public required DateTimeOffset RearmedAt { get; init; }
}
