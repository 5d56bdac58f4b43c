namespace LlmPlatform.Quota;

/// <summary>What a settle of many events did.</summary>
public sealed record SettleBatchResult
{
    /// <summary>What was done with each, in their order.</summary>
    public required IReadOnlyList<SettleOutcome> Outcomes { get; init; }

    /// <summary>Redis' time of the last one.</summary>
    public required DateTimeOffset SettledAt { get; init; }

    /// <summary>
    /// Every budget period that any of them names, once, as it stood after all; empty when not asked for.
    /// </summary>
    public required IReadOnlyList<BudgetLevel> Budgets { get; init; }
}
