namespace LlmPlatform.Money.Spending;

/// <summary>A usage event that a sum contains.</summary>
public sealed record CountedUsage
{
    /// <summary>The event.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The version that is counted.</summary>
    public required int EventVersion { get; init; }

    /// <summary>Its cost as the edge charged it, nano-USD.</summary>
    public required long CostNanoUsd { get; init; }

    /// <summary>All tokens it consumed.</summary>
    public long Tokens { get; init; }
}
