using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Text.Json;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using MassTransit;
using MassTransit.Serialization;

namespace LlmPlatform.Hosting.Bus;

/// <summary>
/// Reads messages in MassTransit's format. An envelope of many events, as an edge writes it, is read once and straight
/// from its bytes; MassTransit would make a document of it first and then read that. What is anything else is left to
/// MassTransit.
/// </summary>
internal sealed class BatchEnvelopeReader : IMessageDeserializer, ISerializerFactory
{
    private static readonly SystemTextJsonMessageSerializer Usual = SystemTextJsonMessageSerializer.Instance;
    private static readonly string UsageUrn = MessageUrn.ForTypeString<UsageRecordedBatch>();
    private static readonly string CompletedUrn = MessageUrn.ForTypeString<RequestCompletedBatch>();

    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    public IMessageDeserializer CreateDeserializer() => this;

    public IMessageSerializer CreateSerializer() => Usual;

    public void Probe(ProbeContext context) => context.CreateScope("json").Add("provider", "System.Text.Json");

    public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(
        receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        try
        {
            if (TryRead(body.GetBytes(), out var envelope))
            {
                return new SystemTextJsonSerializerContext(
                    Usual,
                    SystemTextJsonMessageSerializer.Options,
                    ContentType,
                    new EnvelopeMessageContext(envelope, Usual),
                    envelope.MessageType!,
                    envelope,
                    envelope.Message);
            }
        }
        catch (JsonException)
        {
            // MassTransit says what is wrong with it, and deals with it as with any other.
        }

        return Usual.Deserialize(body, headers, destinationAddress);
    }

    public MessageBody GetMessageBody(string text) => Usual.GetMessageBody(text);

    // Nothing but the members that an edge writes: in any other case the usual way knows all of them.
    private static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out JsonMessageEnvelope? envelope)
    {
        envelope = null;
        if (!body.StartsWith("{\"message\":{\"edgeId\":"u8))
        {
            return false;
        }

        var read = new JsonMessageEnvelope { Headers = new Dictionary<string, object?>() };
        var message = ReadOnlySpan<byte>.Empty;
        var json = new Utf8JsonReader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("message"u8))
            {
                var from = (int)json.TokenStartIndex;
                json.Skip();
                message = body[from..(int)json.BytesConsumed];
            }
            else if (name.SequenceEqual("messageId"u8))
            {
                read.MessageId = json.GetString();
            }
            else if (name.SequenceEqual("messageType"u8))
            {
                read.MessageType = JsonSerializer.Deserialize<string[]>(ref json);
            }
            else if (name.SequenceEqual("sentTime"u8))
            {
                read.SentTime = json.GetDateTimeOffset().UtcDateTime;
            }
            else if (!name.SequenceEqual("headers"u8) || !json.Read() || json.TokenType != JsonTokenType.EndObject)
            {
                return false;
            }
        }

        read.Message = read.MessageType switch
        {
            [var urn] when urn == UsageUrn => JsonSerializer.Deserialize(message, BatchJson.Default.UsageRecordedBatch),
            [var urn] when urn == CompletedUrn =>
                JsonSerializer.Deserialize(message, BatchJson.Default.RequestCompletedBatch),
            _ => null,
        };
        envelope = read;
        return read.Message is not null;
    }
}
