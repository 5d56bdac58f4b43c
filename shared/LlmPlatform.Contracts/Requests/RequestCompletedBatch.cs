namespace LlmPlatform.Contracts.Requests;

/// <summary>
/// The envelope <see cref="RequestCompleted"/> travels in: consecutive events of one lane of one spool.
/// </summary>
public sealed record RequestCompletedBatch
{
    /// <summary>The random id kept inside the spool; never a host name.</summary>
    public required Guid EdgeId { get; init; }

    /// <summary>Incremented when a spool is created anew.</summary>
    public required long Epoch { get; init; }

    /// <summary>The lane's own sequence of the first event, from 1; unrelated to that of usage events.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>The events, in the order of their sequence.</summary>
    public required IReadOnlyList<RequestCompleted> Events { get; init; }
}
