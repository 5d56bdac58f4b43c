namespace LlmPlatform.Money.Spending;

/// <summary>What a budget period has spent by billing.</summary>
public sealed record PeriodSpending
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>As the edges charged it, nano-USD.</summary>
    public required long SpentNanoUsd { get; init; }

    /// <summary>All tokens consumed, which is what a budget of tokens has spent.</summary>
    public long SpentTokens { get; init; }
}
