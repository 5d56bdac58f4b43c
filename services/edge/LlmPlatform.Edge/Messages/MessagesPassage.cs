using System.Buffers;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// A Messages stream whose provider speaks Messages: events pass as they came. It ends with <c>message_stop</c> or with
/// an error; one that ends otherwise was cut off.
/// </summary>
internal sealed class MessagesPassage(StreamFraming framing) : StreamPassage
{
    private readonly AnthropicUsage _usage = new();

    /// <inheritdoc />
    public override StreamFraming Framing { get; } = framing;

    /// <inheritdoc />
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault) =>
        AnthropicReader.Begins(streamEvent.Payload, out fault);

    /// <inheritdoc />
    public override bool Take(in StreamEvent streamEvent, IBufferWriter<byte> output)
    {
        output.Write(streamEvent.Whole);

        // A parser drops an event that its stream ended without an empty line: the caller gets the line.
        output.Write(ServerSentEventFraming.MissingEnd(streamEvent.Whole));
        var payload = streamEvent.Payload;
        if (payload.IsEmpty)
        {
            return false;
        }

        switch (AnthropicEvent.KindOf(payload))
        {
            case AnthropicEventKind.BlockDelta:
                CountContent(MessagesText.DeltaBytes(payload));
                return false;
            case AnthropicEventKind.Start:
                ProviderRequestId = AnthropicEvent.Read(payload, _usage).Id;
                Usage = _usage.Report();
                return false;
            case AnthropicEventKind.Delta:
                AnthropicEvent.Read(payload, _usage);
                Usage = _usage.Report();
                return false;
            case AnthropicEventKind.Error:
                SawError = true;
                return true;
            case AnthropicEventKind.Stop:
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc />
    public override bool End(IBufferWriter<byte> output) => false;

    /// <inheritdoc />
    public override void EndWithError(GatewayError error, IBufferWriter<byte> output) =>
        MessagesErrors.WriteEvent(error, requestId: null, output);
}
