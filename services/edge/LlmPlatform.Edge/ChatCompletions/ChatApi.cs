using System.Buffers;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary><c>POST /v1/chat/completions</c>, as OpenAI's callers speak it.</summary>
internal sealed class ChatApi : GenerationApi
{
    /// <summary>The one there is.</summary>
    public static ChatApi Instance { get; } = new();

    /// <inheritdoc />
    public override string Route => "/v1/chat/completions";

    /// <inheritdoc />
    public override string Operation => "chat.completions";

    /// <inheritdoc />
    public override Wire Wire => Wire.Chat;

    /// <inheritdoc />
    public override InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error) =>
        ChatRequest.Read(body, out error);

    /// <inheritdoc />
    public override StreamPassage OpenPassage(InboundRequest request, StreamFraming framing) =>
        new ChatPassage(request.ShowUsage, framing);

    /// <inheritdoc />
    public override AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var said = ChatChunk.Read(answer, wantsId: true);
        return new AnswerFacts(said.IsObject)
        {
            Fault = said.IsError ? OpenAiFault.Read(status: 200, answer) : null,
            Usage = said.Usage,
            ProviderRequestId = said.Id,
            ContentBytes = ChatContent.AllTextBytes(answer),
        };
    }

    /// <inheritdoc />
    public override AnswerStreamWriter OpenWriter(InboundRequest request, string requestId) =>
        new ChatStreamWriter(EnvelopeOf(request, requestId), ((ChatRequest)request).UsesFunctions);

    /// <inheritdoc />
    public override void WriteAnswer(
        Answer answer, InboundRequest request, string requestId, IBufferWriter<byte> output) =>
        ChatAnswerWriter.Write(
            answer, EnvelopeOf(request, requestId), ((ChatRequest)request).UsesFunctions, output);

    /// <inheritdoc />
    public override void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteBody(error, output);

    /// <inheritdoc />
    public override void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteEvent(error, output);

    private static ChatEnvelope EnvelopeOf(InboundRequest request, string requestId) =>
        new(request, requestId, "chatcmpl-");
}
