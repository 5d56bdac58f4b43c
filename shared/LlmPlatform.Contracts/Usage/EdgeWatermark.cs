namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// How far an edge has counted. Said every few seconds and once more when it stops, so that what never came can be told
/// from what never was. The last one heard counts; any may be lost.
/// </summary>
public sealed record EdgeWatermark
{
    /// <summary>The spool, as in <see cref="UsageRecordedBatch.EdgeId"/>.</summary>
    public required Guid EdgeId { get; init; }

    /// <summary>The life of the spool.</summary>
    public required long Epoch { get; init; }

    /// <summary>The highest sequence given to a usage event; 0: none yet.</summary>
    public required long LastSequence { get; init; }

    /// <summary>When the oldest call began whose usage has no sequence yet; null: there is none.</summary>
    public DateTimeOffset? OpenSince { get; init; }

    /// <summary>When this was so, by the edge's clock.</summary>
    public required DateTimeOffset SaidAt { get; init; }

    /// <summary>
    /// The edge retires: it has stopped, no call is open and the broker has all that it numbered. Should it come back,
    /// it counts on, and says so.
    /// </summary>
    public bool IsRetired { get; init; }
}
