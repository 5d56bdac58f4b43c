using System.Buffers;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>A public API that generates text, streamed or whole.</summary>
internal abstract class GenerationApi : PublicApi
{
    /// <inheritdoc />
    public sealed override Exchange PassThrough(GatewayCall call, UpstreamTarget target) =>
        new GenerationPassThrough(this, call.Request!, target);

    /// <inheritdoc />
    public sealed override Exchange Translate(GatewayCall call, UpstreamTarget target) =>
        new GenerationTranslation(this, call, target);

    /// <summary>The way of a stream that passes through.</summary>
    public abstract StreamPassage OpenPassage(InboundRequest request, StreamFraming framing);

    /// <summary>What a whole answer that passes through says of itself.</summary>
    public abstract AnswerFacts ReadFacts(ReadOnlySpan<byte> answer);

    /// <summary>Writes a translated stream.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="requestId">The gateway's id of the request, for answers whose provider gives none.</param>
    public abstract AnswerStreamWriter OpenWriter(InboundRequest request, string requestId);

    /// <summary>Writes a translated whole answer.</summary>
    public abstract void WriteAnswer(
        Answer answer, InboundRequest request, string requestId, IBufferWriter<byte> output);
}
