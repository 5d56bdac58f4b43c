namespace LlmPlatform.Billing.Completeness;

/// <summary>What is known of one life of one edge's spool.</summary>
internal sealed record SpoolCompleteness
{
    public required Guid EdgeId { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The highest sequence that came.</summary>
    public required long HighestSequence { get; init; }

    /// <summary>How many below it did not.</summary>
    public required long MissingEvents { get; init; }

    /// <summary>The first hundred holes.</summary>
    public required IReadOnlyList<MissingSequences> Missing { get; init; }

    /// <summary>The latest call heard of.</summary>
    public required DateTimeOffset LatestOccurredAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}
