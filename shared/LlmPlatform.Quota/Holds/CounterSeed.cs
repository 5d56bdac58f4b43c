namespace LlmPlatform.Quota;

/// <summary>
/// What budget periods have spent by the ledger, and exactly which usage that is: all of it up to a sequence of each
/// spool, and above it the events named.
/// </summary>
public sealed record CounterSeed
{
    /// <summary>What each period has spent.</summary>
    public IReadOnlyList<SeededPeriod> Periods { get; init; } = [];

    /// <summary>The last sequence of each spool up to which nothing is missing.</summary>
    public IReadOnlyList<UsageOrigin> Through { get; init; } = [];

    /// <summary>
    /// Events among the spending that lie above those sequences, or that a later version may replace.
    /// </summary>
    public IReadOnlyList<SeededEvent> Events { get; init; } = [];
}
