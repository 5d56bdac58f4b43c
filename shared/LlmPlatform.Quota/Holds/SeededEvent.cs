namespace LlmPlatform.Quota;

/// <summary>A usage event that a seed has counted.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Version">The version counted.</param>
/// <param name="CostNanoUsd">Its cost, nano-USD.</param>
public sealed record SeededEvent(Guid EventId, int Version, long CostNanoUsd)
{
    /// <summary>All tokens it consumed, which budgets of tokens have counted.</summary>
    public long Tokens { get; init; }
}
