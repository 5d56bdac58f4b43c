namespace LlmPlatform.Money.Spending;

/// <summary>
/// What budget periods have spent by billing, and exactly which usage that is: all of it up to a sequence of each
/// spool, and above it the events named.
/// </summary>
public sealed record BudgetSpending
{
    /// <summary>What each period has spent.</summary>
    public IReadOnlyList<PeriodSpending> Periods { get; init; } = [];

    /// <summary>The last sequence of each spool up to which nothing is missing.</summary>
    public IReadOnlyList<SpoolReached> Through { get; init; } = [];

    /// <summary>Events above those sequences, and estimates, which a later version may replace.</summary>
    public IReadOnlyList<CountedUsage> Events { get; init; } = [];
}
