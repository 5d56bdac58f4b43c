namespace LlmPlatform.Contracts.Budgets;

/// <summary>
/// Limits or budgets changed; edges pull the snapshot from metering. A lost announcement costs a poll interval.
/// </summary>
public sealed record LimitsChanged
{
    /// <summary>The new snapshot's version.</summary>
    public required long Version { get; init; }
}
