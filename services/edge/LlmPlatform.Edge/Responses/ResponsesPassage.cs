using System.Buffers;
using System.Buffers.Text;
using System.Text;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// A stream of a response whose provider speaks this API: every event passes as it came. Only those that carry the
/// response itself are parsed: the first for its id, the last for its usage.
/// </summary>
internal sealed class ResponsesPassage(StreamFraming framing) : StreamPassage
{
    private long _sequence = -1;

    /// <inheritdoc />
    public override StreamFraming Framing { get; } = framing;

    /// <inheritdoc />
    /// <remarks>
    /// That a response was created, queued or taken up says only that it was accepted: a provider without capacity says
    /// so right behind it, and another may still serve. A failure that was billed is an answer.
    /// </remarks>
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault)
    {
        fault = null;
        switch (KindOf(in streamEvent))
        {
            case Kind.Nothing or Kind.Accepted:
                return false;
            case Kind.Error:
            case Kind.Failed when ResponsesObject.ReadEvent(streamEvent.Payload).Usage is null:
                fault = OpenAiFault.Read(status: 200, streamEvent.Payload);
                return true;
            default:
                return true;
        }
    }

    /// <inheritdoc />
    public override bool Take(in StreamEvent streamEvent, IBufferWriter<byte> output)
    {
        var payload = streamEvent.Payload;
        if (payload.StartsWith("[DONE]"u8))
        {
            // Some gateways append it. A client stops reading there, and an error of ours may have to follow.
            return false;
        }

        var kind = KindOf(in streamEvent);
        NoteSequence(payload);
        ServerSentEventFraming.Write(streamEvent.Whole, output);
        switch (kind)
        {
            case Kind.Content:
                CountContent(TextMember.Bytes(payload, "\"delta\":"u8, out _));
                return false;
            case Kind.Error:
                SawError = true;
                return false;
            case Kind.Accepted when ProviderRequestId is null:
                ProviderRequestId = ResponsesObject.ReadEvent(payload).Id;
                return false;
            case Kind.Ended or Kind.Failed:
                var response = ResponsesObject.ReadEvent(payload);
                ProviderRequestId ??= response.Id;
                Usage = response.Usage ?? Usage;
                SawError |= kind == Kind.Failed;
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc />
    /// <remarks>An error event ends a stream in words as well.</remarks>
    public override bool End(IBufferWriter<byte> output) => SawError;

    /// <inheritdoc />
    public override void EndWithError(GatewayError error, IBufferWriter<byte> output)
    {
        ResponsesFaults.WriteEvent(error, ++_sequence, output);
        ResponsesFaults.WriteFailed(error, ProviderRequestId, ++_sequence, output);
    }

    // The name says what an event is. A gateway that leaves the names out repeats them in the payload.
    private static Kind KindOf(in StreamEvent streamEvent)
    {
        if (streamEvent.Payload.IsEmpty)
        {
            return Kind.Nothing;
        }

        var name = streamEvent.Name;
        return name.IsEmpty
            ? KindOf(Encoding.UTF8.GetBytes(ResponsesObject.ReadEvent(streamEvent.Payload).Type ?? ""))
            : KindOf(name);
    }

    private static Kind KindOf(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(".delta"u8))
        {
            // Sound is no text: its bytes say nothing about tokens.
            return name.SequenceEqual("response.audio.delta"u8) ? Kind.Other : Kind.Content;
        }

        return name.SequenceEqual("response.completed"u8) || name.SequenceEqual("response.incomplete"u8) ? Kind.Ended
            : name.SequenceEqual("response.failed"u8) ? Kind.Failed
            : name.SequenceEqual("error"u8) ? Kind.Error
            : name.SequenceEqual("response.created"u8) || name.SequenceEqual("response.in_progress"u8)
                || name.SequenceEqual("response.queued"u8) ? Kind.Accepted
            : Kind.Other;
    }

    // Inside a text the quotes of the name would be escaped: it can only be a member.
    private void NoteSequence(ReadOnlySpan<byte> payload)
    {
        var member = "\"sequence_number\":"u8;
        var at = payload.IndexOf(member);
        if (at >= 0 && Utf8Parser.TryParse(
            payload[(at + member.Length)..].TrimStart((byte)' '), out long number, out _))
        {
            _sequence = number;
        }
    }

    private enum Kind
    {
        /// <summary>A comment.</summary>
        Nothing,

        /// <summary>The response exists; nothing of the answer does.</summary>
        Accepted,

        /// <summary>A piece of text, thought or arguments.</summary>
        Content,

        /// <summary>The response, whole: the last event.</summary>
        Ended,

        /// <summary>The same, of one that failed.</summary>
        Failed,

        /// <summary>An error that ends the stream, or comes before the failed response.</summary>
        Error,

        /// <summary>Anything else, known or not.</summary>
        Other,
    }
}
