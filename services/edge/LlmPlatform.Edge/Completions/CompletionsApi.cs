using System.Buffers;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Completions;

/// <summary>
/// <c>POST /v1/completions</c>: a prompt continued, OpenAI's older way. Its streams and refusals are framed as those of
/// chats.
/// </summary>
internal sealed class CompletionsApi : GenerationApi
{
    /// <summary>The one there is.</summary>
    public static CompletionsApi Instance { get; } = new();

    /// <inheritdoc />
    public override string Route => "/v1/completions";

    /// <inheritdoc />
    public override string Operation => "completions";

    /// <inheritdoc />
    public override Wire Wire => Wire.Completions;

    /// <inheritdoc />
    public override InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error) =>
        CompletionsRequest.Read(body, out error);

    /// <inheritdoc />
    public override StreamPassage OpenPassage(InboundRequest request, StreamFraming framing) =>
        ChatApi.Instance.OpenPassage(request, framing);

    /// <inheritdoc />
    public override AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => ChatApi.Instance.ReadFacts(answer);

    /// <inheritdoc />
    public override AnswerStreamWriter OpenWriter(InboundRequest request, string requestId) =>
        new CompletionsStreamWriter(EnvelopeOf(request, requestId));

    /// <inheritdoc />
    public override void WriteAnswer(
        Answer answer, InboundRequest request, string requestId, IBufferWriter<byte> output) =>
        CompletionsAnswerWriter.Write(answer, EnvelopeOf(request, requestId), output);

    /// <inheritdoc />
    public override void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteBody(error, output);

    /// <inheritdoc />
    public override void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteEvent(error, output);

    private static ChatEnvelope EnvelopeOf(InboundRequest request, string requestId) =>
        new(request, requestId, "cmpl-");
}
