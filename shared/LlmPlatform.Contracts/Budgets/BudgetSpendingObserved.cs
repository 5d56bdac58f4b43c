namespace LlmPlatform.Contracts.Budgets;

/// <summary>
/// How much an open budget period has spent, said every few minutes while that grows, at moments of a fixed grid, so
/// that a repeat is known. Carries all that a forecast needs.
/// </summary>
public sealed record BudgetSpendingObserved
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

    /// <summary>The first instant after the period.</summary>
    public required DateTimeOffset PeriodEndsAt { get; init; }

    /// <summary>IANA name of the zone that the period is cut in.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Spent so far, nano-USD; 0 of a budget of tokens.</summary>
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

    /// <summary>The users who share the budget; empty: everybody in the scope.</summary>
    public required IReadOnlyList<string> SharedUsers { get; init; }

    /// <summary>The moment of the grid.</summary>
    public required DateTimeOffset ObservedAt { get; init; }
}
