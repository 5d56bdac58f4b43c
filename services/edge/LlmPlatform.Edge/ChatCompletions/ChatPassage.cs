using System.Buffers;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// A chat stream whose provider speaks chat: events pass as they came, but for the usage that only we asked for. Bytes
/// that name neither usage nor error are not parsed.
/// </summary>
internal sealed class ChatPassage(bool showUsage, StreamFraming framing) : StreamPassage
{
    /// <inheritdoc />
    public override StreamFraming Framing { get; } = framing;

    /// <inheritdoc />
    /// <remarks>A chunk that only names the role begins nothing: a provider may break down right behind it.</remarks>
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault)
    {
        fault = null;
        if (streamEvent.Payload.IndexOf("\"error\""u8) >= 0
            && ChatChunk.Read(streamEvent.Payload, wantsId: false).IsError)
        {
            fault = OpenAiFault.Read(status: 200, streamEvent.Payload);
        }

        return !streamEvent.Payload.IsEmpty
            && (ChatContent.TextBytes(streamEvent.Payload) > 0 || ChatAnswerReader.SaysSomething(streamEvent.Payload));
    }

    /// <inheritdoc />
    public override bool Take(in StreamEvent streamEvent, IBufferWriter<byte> output)
    {
        var payload = streamEvent.Payload;
        if (payload.StartsWith("[DONE]"u8))
        {
            ServerSentEventFraming.Write(streamEvent.Whole, output);
            return true;
        }

        CountContent(ChatContent.TextBytes(payload));
        var mentionsUsage = payload.IndexOf("\"usage\""u8) >= 0;
        var mentionsError = !mentionsUsage && payload.IndexOf("\"error\""u8) >= 0;
        if (!mentionsUsage && !mentionsError && (ProviderRequestId is not null || payload.IsEmpty))
        {
            ServerSentEventFraming.Write(streamEvent.Whole, output);
            return false;
        }

        var chunk = ChatChunk.Read(payload, wantsId: ProviderRequestId is null);
        ProviderRequestId ??= chunk.Id;
        SawError |= chunk.IsError;
        Usage = chunk.Usage ?? Usage;
        WriteWithoutHiddenUsage(in streamEvent, in chunk, output);
        return false;
    }

    /// <inheritdoc />
    /// <remarks>Many compatible servers send no <c>[DONE]</c>, so its absence says nothing.</remarks>
    public override bool End(IBufferWriter<byte> output) => true;

    /// <inheritdoc />
    public override void EndWithError(GatewayError error, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteEvent(error, output);

    // The caller did not ask for usage: it must not see that we did.
    private void WriteWithoutHiddenUsage(in StreamEvent streamEvent, in ChatChunk chunk, IBufferWriter<byte> output)
    {
        var (offset, size) = chunk.UsageMember.GetOffsetAndLength(streamEvent.Payload.Length);
        if (showUsage || size == 0 || !streamEvent.Whole.Overlaps(streamEvent.Payload, out var payloadAt))
        {
            ServerSentEventFraming.Write(streamEvent.Whole, output);
        }
        else if (chunk.HasChoices || chunk.Usage is null)
        {
            output.Write(streamEvent.Whole[..(payloadAt + offset)]);
            ServerSentEventFraming.Write(streamEvent.Whole[(payloadAt + offset + size)..], output);
        }
    }
}
