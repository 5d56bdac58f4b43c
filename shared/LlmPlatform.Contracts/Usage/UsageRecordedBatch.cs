namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// The envelope <see cref="UsageRecorded"/> travels in: consecutive events of one spool. Event <c>i</c> has the
/// sequence <c>FirstSequence + i</c>, so that a reader can prove that none is missing.
/// </summary>
public sealed record UsageRecordedBatch
{
    /// <summary>The random id kept inside the spool; never a host name.</summary>
    public required Guid EdgeId { get; init; }

    /// <summary>Incremented when a spool is created anew; sequences start from 1 in every epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The sequence of the first event, from 1, contiguous over the life of the epoch.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>The events, in the order of their sequence.</summary>
    public required IReadOnlyList<UsageRecorded> Events { get; init; }
}
