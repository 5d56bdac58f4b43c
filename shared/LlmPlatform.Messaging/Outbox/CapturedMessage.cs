namespace LlmPlatform.Messaging;

/// <summary>A message caught on its way out of a saga, before any transport saw it.</summary>
internal sealed record CapturedMessage(object Message, Type MessageType)
{
    public Guid? MessageId { get; init; }

    public Guid? CorrelationId { get; init; }

    public Guid? ConversationId { get; init; }

    public Guid? InitiatorId { get; init; }

    /// <summary>Null for a published message.</summary>
    public Uri? DestinationAddress { get; init; }
}
