using System.Buffers;
using LlmPlatform.Edge.Providers;

namespace LlmPlatform.Edge.Relay;

/// <summary>Text from a provider that speaks the caller's protocol: bytes pass through.</summary>
internal sealed class GenerationPassThrough(GenerationApi api, InboundRequest request, UpstreamTarget target)
    : Exchange(target)
{
    /// <inheritdoc />
    public override bool PassesThrough => true;

    /// <inheritdoc />
    public override void WriteRequest(IBufferWriter<byte> output)
    {
        var changes = Target.Adapter.ChangesFor(Target);
        request.WriteTo(output, in changes);
    }

    /// <inheritdoc />
    public override StreamPassage OpenStream() => api.OpenPassage(request, Target.Adapter.OpenFraming());

    /// <inheritdoc />
    public override AnswerFacts ReadAnswer(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output) =>
        api.ReadFacts(answer.Span);
}
