using System.Text.Json;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What a stream of the shipper carries, and in which envelope.</summary>
/// <typeparam name="TEvent">The event.</typeparam>
/// <typeparam name="TBatch">Its envelope.</typeparam>
internal sealed record EnvelopeKind<TEvent, TBatch>
{
    /// <summary>For logs and message ids.</summary>
    public required string Name { get; init; }

    /// <summary>The records to read.</summary>
    public required SpoolRecordType Type { get; init; }

    /// <summary>Reads an event from a record's payload.</summary>
    public required Func<ReadOnlyMemory<byte>, TEvent> Read { get; init; }

    /// <summary>Puts consecutive events, the first of which has the given sequence, into an envelope.</summary>
    public required Func<SpoolIdentity, long, IReadOnlyList<TEvent>, TBatch> Wrap { get; init; }
}

/// <summary>The two kinds there are.</summary>
internal static class EnvelopeKind
{
    /// <summary>Money.</summary>
    public static EnvelopeKind<UsageRecorded, UsageRecordedBatch> Usage { get; } = new()
    {
        Name = "usage",
        Type = SpoolRecordType.Usage,
        Read = payload => JsonSerializer.Deserialize(payload.Span, SpoolJson.Default.UsageRecorded)!,
        Wrap = (edge, first, events) => new UsageRecordedBatch
        {
            EdgeId = edge.EdgeId,
            Epoch = edge.Epoch,
            FirstSequence = first,
            Events = events,
        },
    };

    /// <summary>Operations and audit.</summary>
    public static EnvelopeKind<RequestCompleted, RequestCompletedBatch> Completion { get; } = new()
    {
        Name = "completion",
        Type = SpoolRecordType.Completion,
        Read = payload => JsonSerializer.Deserialize(payload.Span, SpoolJson.Default.RequestCompleted)!,
        Wrap = (edge, first, events) => new RequestCompletedBatch
        {
            EdgeId = edge.EdgeId,
            Epoch = edge.Epoch,
            FirstSequence = first,
            Events = events,
        },
    };
}
