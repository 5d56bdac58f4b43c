namespace LlmPlatform.Quota;

/// <summary>
/// Every limit and budget in force: metering serves it, edges follow it and build a <see cref="LimitsIndex"/>.
/// </summary>
public sealed record LimitsSnapshot
{
    /// <summary>Grows with every change of a limit or a budget.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// How often the counters in Redis were made from the ledger, from 0: a Redis that knows of fewer has been emptied.
    /// </summary>
    public long CountersGeneration { get; init; }

    /// <summary>The budgets, at most one an id.</summary>
    public IReadOnlyList<BudgetDefinition> Budgets { get; init; } = [];

    /// <summary>The rate limits, at most one an id.</summary>
    public IReadOnlyList<RateLimitDefinition> RateLimits { get; init; } = [];
}
