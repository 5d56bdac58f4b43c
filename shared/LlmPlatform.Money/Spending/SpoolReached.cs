namespace LlmPlatform.Money.Spending;

/// <summary>How far a spool's events have come without a hole.</summary>
public sealed record SpoolReached
{
    /// <summary>The spool.</summary>
    public required Guid EdgeId { get; init; }

    /// <summary>Its life.</summary>
    public required long Epoch { get; init; }

    /// <summary>The last sequence, 0 when the first is missing.</summary>
    public required long Sequence { get; init; }
}
