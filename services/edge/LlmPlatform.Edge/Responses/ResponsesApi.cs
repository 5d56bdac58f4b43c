using System.Buffers;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary><c>POST /v1/responses</c>, as OpenAI's callers speak it.</summary>
internal sealed class ResponsesApi : GenerationApi
{
    private ResponsesApi(string route, string operation, bool isFree) =>
        (Route, Operation, IsFree) = (route, operation, isFree);

    /// <summary>Makes responses.</summary>
    public static ResponsesApi Instance { get; } = new("/v1/responses", "responses", isFree: false);

    /// <summary>Reads, cancels and deletes those that their provider keeps.</summary>
    public static ResponsesApi Stored { get; } = new("/v1/responses/{id}", "responses.stored", isFree: true);

    /// <inheritdoc />
    public override string Route { get; }

    /// <inheritdoc />
    public override string Operation { get; }

    /// <inheritdoc />
    public override bool IsFree { get; }

    /// <inheritdoc />
    public override Wire Wire => Wire.Responses;

    /// <inheritdoc />
    public override InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error) =>
        ResponsesRequest.Read(body, out error);

    /// <inheritdoc />
    public override StreamPassage OpenPassage(InboundRequest request, StreamFraming framing) =>
        new ResponsesPassage(framing);

    /// <inheritdoc />
    public override AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var response = ResponsesObject.Read(answer);

        // One that failed and was billed is an answer all the same.
        var isFault = response.IsError && response.Usage is null;
        return new AnswerFacts(response.IsResponse || isFault)
        {
            Fault = isFault ? OpenAiFault.Read(status: 200, answer) : null,
            Usage = response.Usage,
            ProviderRequestId = response.Id,
            ContentBytes = TextMember.AllBytes(answer, "\"text\":"u8)
                + TextMember.AllBytes(answer, "\"arguments\":"u8)
                + TextMember.AllBytes(answer, "\"refusal\":"u8),
        };
    }

    /// <inheritdoc />
    public override AnswerStreamWriter OpenWriter(InboundRequest request, string requestId)
    {
        var echo = new ResponsesEcho(request.Body);
        return new ResponsesStreamWriter(Document(request, requestId, echo), echo);
    }

    /// <inheritdoc />
    public override void WriteAnswer(
        Answer answer, InboundRequest request, string requestId, IBufferWriter<byte> output) =>
        new ResponsesAnswer(Document(request, requestId, new ResponsesEcho(request.Body))).Write(answer, output);

    /// <inheritdoc />
    public override void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteBody(error, output);

    /// <inheritdoc />
    public override void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        ResponsesFaults.WriteEvent(error, sequence: 0, output);

    private static ResponsesDocument Document(InboundRequest request, string requestId, ResponsesEcho echo) =>
        new(requestId, echo) { Model = request.Model };
}
