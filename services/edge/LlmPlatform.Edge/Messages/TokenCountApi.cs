using System.Buffers;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Messages;

/// <summary><c>POST /v1/messages/count_tokens</c>: how many tokens a request has; free to know.</summary>
internal sealed class TokenCountApi : PublicApi
{
    /// <summary>The one there is.</summary>
    public static TokenCountApi Instance { get; } = new();

    /// <inheritdoc />
    public override string Route => "/v1/messages/count_tokens";

    /// <inheritdoc />
    public override string Operation => "messages.count_tokens";

    /// <inheritdoc />
    public override Wire Wire => Wire.TokenCount;

    /// <inheritdoc />
    public override bool IsFree => true;

    /// <inheritdoc />
    public override IReadOnlyList<string> PassedHeaders => MessagesHeaders.Passed;

    /// <inheritdoc />
    public override string? RequestIdHeader => MessagesHeaders.RequestId;

    /// <inheritdoc />
    public override InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error) =>
        MessagesRequest.Read(body, isTokenCount: true, out error);

    /// <inheritdoc />
    public override Exchange PassThrough(GatewayCall call, UpstreamTarget target) =>
        new TokenCountExchange(call.Request!, target);

    /// <inheritdoc />
    public override Exchange Translate(GatewayCall call, UpstreamTarget target) =>
        new TokenCountExchange(call.Request!, target);

    /// <inheritdoc />
    public override void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        MessagesErrors.WriteBody(error, requestId, output);

    /// <inheritdoc />
    public override void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        MessagesErrors.WriteEvent(error, requestId, output);
}
