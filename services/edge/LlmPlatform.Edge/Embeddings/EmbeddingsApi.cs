using System.Buffers;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Embeddings;

/// <summary><c>POST /v1/embeddings</c>, as OpenAI's callers speak it.</summary>
internal sealed class EmbeddingsApi : PublicApi
{
    /// <summary>The one there is.</summary>
    public static EmbeddingsApi Instance { get; } = new();

    /// <inheritdoc />
    public override string Route => "/v1/embeddings";

    /// <inheritdoc />
    public override string Operation => "embeddings";

    /// <inheritdoc />
    public override Wire Wire => Wire.Embeddings;

    /// <inheritdoc />
    public override InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error) =>
        EmbeddingsRequest.Read(body, out error);

    /// <inheritdoc />
    public override Exchange PassThrough(GatewayCall call, UpstreamTarget target) =>
        new EmbeddingsPassThrough(call.Request!, target);

    /// <inheritdoc />
    public override Exchange Translate(GatewayCall call, UpstreamTarget target) =>
        new EmbeddingsTranslation(call, target);

    /// <inheritdoc />
    public override void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteBody(error, output);

    /// <inheritdoc />
    public override void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output) =>
        OpenAiErrors.WriteEvent(error, output);
}
