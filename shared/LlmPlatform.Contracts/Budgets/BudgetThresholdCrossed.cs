namespace LlmPlatform.Contracts.Budgets;

/// <summary>
/// A budget period crossed one of its thresholds, for the first time in that period, or again after a raised limit or a
/// correction had taken it well below. Carries all that a notice must
/// say, so that a delivery never looks up a state that has moved on.
/// </summary>
public sealed record BudgetThresholdCrossed
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The budget's name, for people.</summary>
    public required string BudgetName { get; init; }

    /// <summary>The scope the budget covers, for example <c>tenant:acme</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>The first instant of the period.</summary>
    public required DateTimeOffset PeriodStartsAt { get; init; }

    /// <summary>The first instant after the period: when calls are admitted again.</summary>
    public required DateTimeOffset PeriodEndsAt { get; init; }

    /// <summary>The threshold in basis points of the limit: 8000 is 80 %.</summary>
    public required int ThresholdBasisPoints { get; init; }

    /// <summary>Spent when the crossing was found, nano-USD; 0 of a budget of tokens.</summary>
    public required long SpentNanoUsd { get; init; }

    /// <summary>The limit, nano-USD; 0 of a budget of tokens.</summary>
    public required long LimitNanoUsd { get; init; }

    /// <summary>Spent in tokens; null: the budget is one of money.</summary>
    public long? SpentTokens { get; init; }

    /// <summary>The limit in tokens; null: the budget is one of money.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>True when the budget refuses calls once it is exhausted.</summary>
    public required bool Enforced { get; init; }

    /// <summary>The channels to tell, by name.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>IANA name of the zone that the period is cut in; null: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The users who share the budget; null or empty: everybody in the scope.</summary>
    public IReadOnlyList<string>? SharedUsers { get; init; }

    /// <summary>
    /// How often the threshold had been crossed in the period before, and spending had fallen well below it again.
    /// </summary>
    public int Episode { get; init; }

    /// <summary>When the crossing was found.</summary>
    public required DateTimeOffset CrossedAt { get; init; }
}
