using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What a stream of the shipper carries, and in which envelope.</summary>
internal sealed class EnvelopeKind
{
    private EnvelopeKind(string name, SpoolRecordType type, Type batch)
    {
        (Name, Type) = (name, type);
        Exchange = $"{batch.Namespace}:{batch.Name}";
        MessageType = $"urn:message:{Exchange}";
    }

    /// <summary>Money: <see cref="UsageRecordedBatch"/>.</summary>
    public static EnvelopeKind Usage { get; } = new("usage", SpoolRecordType.Usage, typeof(UsageRecordedBatch));

    /// <summary>Operations and audit: <see cref="RequestCompletedBatch"/>.</summary>
    public static EnvelopeKind Completion { get; } =
        new("completion", SpoolRecordType.Completion, typeof(RequestCompletedBatch));

    /// <summary>For logs and message ids.</summary>
    public string Name { get; }

    /// <summary>The records to read.</summary>
    public SpoolRecordType Type { get; }

    /// <summary>The exchange that MassTransit binds the queues of its consumers to.</summary>
    public string Exchange { get; }

    /// <summary>The name by which its consumers know the message.</summary>
    public string MessageType { get; }
}
