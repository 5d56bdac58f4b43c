namespace LlmPlatform.Contracts.Budgets;

/// <summary>
/// A budget period reached a level: the amounts as read from its counter, not a difference, so that a repeat or a late
/// arrival says nothing new.
/// </summary>
public sealed record BudgetUsageAdvanced
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>The revision whose limit the level was measured against.</summary>
    public required long Revision { get; init; }

    /// <summary>Spent so far, nano-USD; 0 of a budget of tokens.</summary>
    public required long SpentNanoUsd { get; init; }

    /// <summary>The limit, nano-USD; 0 of a budget of tokens.</summary>
    public required long LimitNanoUsd { get; init; }

    /// <summary>Spent in tokens; null: the budget is one of money.</summary>
    public long? SpentTokens { get; init; }

    /// <summary>The limit in tokens; null: the budget is one of money.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>True when the budget has refused a request that more than open holds stood in the way of.</summary>
    public bool Refused { get; init; }

    /// <summary>When the level was read.</summary>
    public required DateTimeOffset ObservedAt { get; init; }
}
