namespace LlmPlatform.Billing.Completeness;

/// <summary>What is known of one life of one edge's spool.</summary>
internal sealed record SpoolCompleteness
{
    public required Guid EdgeId { get; init; }

    public required long Epoch { get; init; }

    /// <summary>See <see cref="SpoolStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>The highest sequence that came; 0: none.</summary>
    public required long HighestSequence { get; init; }

    /// <summary>The highest sequence the edge says it gave; 0: it says nothing.</summary>
    public required long LastSequence { get; init; }

    /// <summary>
    /// How many did not come: holes below the highest that did, and all up to the last one given where the edge says
    /// nothing more. What a running edge numbered a moment ago is on its way.
    /// </summary>
    public required long MissingEvents { get; init; }

    /// <summary>The first hundred holes.</summary>
    public required IReadOnlyList<MissingSequences> Missing { get; init; }

    /// <summary>All calls that began before it have come; null: that cannot be said.</summary>
    public DateTimeOffset? PassedAt { get; init; }

    /// <summary>The latest call heard of.</summary>
    public DateTimeOffset? LatestOccurredAt { get; init; }

    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>When the edge last said how far it is.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>Who answers for what is missing.</summary>
    public string? SignedOffBy { get; init; }

    public string? SignedOffBecause { get; init; }

    /// <summary>Whether nothing of it is missing, as far as anyone can know now, or somebody answers for it.</summary>
    public bool IsComplete => SignedOffBy is not null || (MissingEvents == 0 && State != SpoolStates.Vanished);

    /// <summary>Whether all calls before an instant have come, or somebody answers for it.</summary>
    public bool IsCompleteUntil(DateTimeOffset end) =>
        SignedOffBy is not null || (MissingEvents == 0 && (State is SpoolStates.Retired or SpoolStates.Unheard
            || PassedAt >= end));
}
