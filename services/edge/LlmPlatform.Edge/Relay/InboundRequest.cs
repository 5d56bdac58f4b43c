using System.Buffers;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// What the gateway must know of a request, whatever its protocol, and where it stands in the bytes: a body that passes
/// through is never turned into objects, and what we do not know travels untouched.
/// </summary>
internal abstract class InboundRequest(ReadOnlyMemory<byte> body)
{
    /// <summary>The body as the caller sent it; good until it is given back.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>The published model asked for.</summary>
    public string Model { get; protected set; } = "";

    /// <summary>True when the answer is to be streamed.</summary>
    public bool Stream { get; protected set; }

    /// <summary>
    /// The caller's own bound on output tokens; null when it gave none. Of two, the larger: which one a provider
    /// honours is its choice, and the hold must not be smaller than the call.
    /// </summary>
    public long? MaxOutputTokens { get; protected set; }

    /// <summary>
    /// False where a lower bound than the caller's would make the request one that its provider refuses.
    /// </summary>
    public bool MayBoundLower { get; protected set; } = true;

    /// <summary>What the provider may look up on the web for it.</summary>
    public WebUses WebUses { get; protected set; }

    /// <summary>How many answers were asked for.</summary>
    public long Choices { get; protected set; } = 1;

    /// <summary>False where no output tokens are produced, as for embeddings.</summary>
    public virtual bool ProducesTokens => true;

    /// <summary>True when the caller is to see the usage of a stream; false hides what only we asked for.</summary>
    public virtual bool ShowUsage => true;

    /// <summary>True when the provider is to keep the answer, for requests that continue it.</summary>
    public virtual bool IsKept => false;

    /// <summary>
    /// The response that this one continues, which binds it to the provider that made it; null for none.
    /// </summary>
    public string? PreviousResponseId { get; protected set; }

    /// <summary>
    /// Writes the body as a provider of the same protocol must see it: its own model name, and what the changes say.
    /// Everything else is copied byte for byte.
    /// </summary>
    public abstract void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes);

    /// <summary>Reads the whole of it for translation.</summary>
    /// <exception cref="TranslationException">It is not what its protocol says.</exception>
    public virtual GenerationRequest ReadGeneration() =>
        throw new TranslationException("This API asks for no generated text.");

    /// <summary>Reads the whole of it for translation.</summary>
    /// <exception cref="TranslationException">It is not what its protocol says.</exception>
    public virtual EmbeddingRequest ReadEmbedding() =>
        throw new TranslationException("This API asks for no embeddings.");
}
