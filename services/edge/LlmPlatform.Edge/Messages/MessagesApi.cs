using System.Buffers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary><c>POST /v1/messages</c>, as Anthropic's callers speak it.</summary>
internal sealed class MessagesApi : GenerationApi
{
    /// <summary>The one there is.</summary>
    public static MessagesApi Instance { get; } = new();

    /// <inheritdoc />
    public override string Route => "/v1/messages";

    /// <inheritdoc />
    public override string Operation => "messages";

    /// <inheritdoc />
    public override Wire Wire => Wire.Messages;

    /// <inheritdoc />
    public override IReadOnlyList<string> PassedHeaders => MessagesHeaders.Passed;

    /// <inheritdoc />
    public override string? RequestIdHeader => MessagesHeaders.RequestId;

    /// <inheritdoc />
    public override InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error) =>
        MessagesRequest.Read(body, isTokenCount: false, out error);

    /// <inheritdoc />
    public override StreamPassage OpenPassage(InboundRequest request, StreamFraming framing) =>
        new MessagesPassage(framing);

    /// <inheritdoc />
    public override AnswerFacts ReadFacts(ReadOnlySpan<byte> answer) => MessagesFacts.Read(answer);

    /// <inheritdoc />
    public override AnswerStreamWriter OpenWriter(InboundRequest request, string requestId) =>
        new MessagesStreamWriter(request.Model, requestId);

    /// <inheritdoc />
    public override void WriteAnswer(
        Answer answer, InboundRequest request, string requestId, IBufferWriter<byte> output) =>
        MessagesAnswerWriter.Write(answer, request.Model, requestId, output);

    /// <inheritdoc />
    public override void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        MessagesErrors.WriteBody(error, requestId, output);

    /// <inheritdoc />
    public override void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        MessagesErrors.WriteEvent(error, requestId, output);
}
