namespace LlmPlatform.Quota;

/// <summary>What a settle did, and where the budgets stand after it.</summary>
public sealed record SettleResult
{
    /// <summary>What was done.</summary>
    public required SettleOutcome Outcome { get; init; }

    /// <summary>Whether a counter of spending was moved.</summary>
    public bool Changed => Outcome is SettleOutcome.Settled or SettleOutcome.Replaced;

    /// <summary>Redis' time of the settle.</summary>
    public required DateTimeOffset SettledAt { get; init; }

    /// <summary>
    /// Every budget period the usage names, in its order, as it stands now, whether or not this settle moved it.
    /// </summary>
    public required IReadOnlyList<BudgetLevel> Budgets { get; init; }
}
