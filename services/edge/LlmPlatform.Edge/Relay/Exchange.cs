using System.Buffers;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>How one attempt is spoken: bytes pass through, or both ways are translated.</summary>
internal abstract class Exchange(UpstreamTarget target)
{
    /// <summary>Where it goes.</summary>
    public UpstreamTarget Target { get; } = target;

    /// <summary>True when a whole answer, and a refusal, reach the caller as the provider wrote them.</summary>
    public abstract bool PassesThrough { get; }

    /// <summary>Writes the provider's request.</summary>
    /// <exception cref="TranslationException">The provider's protocol has no words for it.</exception>
    public abstract void WriteRequest(IBufferWriter<byte> output);

    /// <summary>Opens the way of a streamed answer.</summary>
    public abstract StreamPassage OpenStream();

    /// <summary>Reads a whole answer.</summary>
    /// <param name="answer">The provider's bytes.</param>
    /// <param name="output">Receives the caller's answer where it is translated; not touched otherwise.</param>
    public abstract AnswerFacts ReadAnswer(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output);
}
