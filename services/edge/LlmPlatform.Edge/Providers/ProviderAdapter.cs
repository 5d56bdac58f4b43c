using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// How one provider is spoken to: its addresses, its credential, its words. One for each configured provider, kept as
/// long as its configuration stays the same; used by any number of calls at once.
/// </summary>
/// <param name="provider">The provider as it is configured.</param>
/// <param name="credential">Its credential; null where it asks for none.</param>
/// <param name="parts">The secret parts of a credential that is a document.</param>
internal abstract class ProviderAdapter(
    RoutedProvider provider, Secret? credential, IReadOnlyList<string?>? parts = null)
{
    // Shorter texts occur by chance.
    private const int MinSecretBytes = 8;

    private readonly byte[][] _unspeakable = Unspeakable(provider, [credential?.Reveal(), .. parts ?? []]);

    /// <summary>The provider as it is configured.</summary>
    public RoutedProvider Provider { get; } = provider;

    /// <summary>Its credential; null where it asks for none.</summary>
    protected Secret? Credential { get; } = credential;

    /// <summary>Who speaks to a model of this provider: not itself where its models speak several protocols.</summary>
    public virtual ProviderAdapter For(string model) => this;

    /// <summary>
    /// The protocol this provider is spoken to in when a caller speaks <paramref name="asked"/>. The same one: bytes
    /// pass through. Null: it cannot serve such a call at all.
    /// </summary>
    public abstract Wire? WireFor(Wire asked);

    /// <summary>Where a call is posted to.</summary>
    public abstract Uri AddressOf(UpstreamTarget target);

    /// <summary>Puts credential and fixed headers on a request.</summary>
    /// <param name="request">With its address and content.</param>
    /// <param name="body">Its content, for those who sign it.</param>
    /// <param name="cancellationToken">Ends the wait for a token.</param>
    /// <exception cref="CredentialUnavailableException">No token can be had.</exception>
    public abstract ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>What changes in a body that passes through.</summary>
    public virtual PassThroughChanges ChangesFor(UpstreamTarget target) => new(target.Model, target.OutputBound);

    /// <summary>Writes a request for text in this provider's own protocol.</summary>
    /// <exception cref="TranslationException">The protocol has no words for it.</exception>
    public virtual void WriteGeneration(GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        throw new TranslationException($"The provider of '{target.Candidate.Model.Name}' generates no text.");

    /// <summary>A reader of the answer to such a request.</summary>
    public virtual AnswerReader OpenReader(GenerationRequest request, IAnswerSink sink) =>
        throw new InvalidOperationException($"{GetType().Name} reads no generated text.");

    /// <summary>Writes a request for embeddings in this provider's own protocol.</summary>
    /// <exception cref="TranslationException">The protocol has no words for it.</exception>
    public virtual void WriteEmbedding(EmbeddingRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        throw new TranslationException($"The provider of '{target.Candidate.Model.Name}' makes no embeddings.");

    /// <summary>Reads the answer to such a request; null when it is none.</summary>
    public virtual EmbeddingAnswer? ReadEmbedding(ReadOnlySpan<byte> answer, UpstreamTarget target) => null;

    /// <summary>Writes a question for the number of tokens of a request.</summary>
    /// <exception cref="TranslationException">The protocol has no words for it.</exception>
    public virtual void WriteTokenCount(GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        throw new TranslationException($"The provider of '{target.Candidate.Model.Name}' counts no tokens.");

    /// <summary>Reads the answer to such a question; null when it is none.</summary>
    public virtual long? ReadTokenCount(ReadOnlySpan<byte> answer) => null;

    /// <summary>How the bytes of this provider's streams are cut into events.</summary>
    public virtual StreamFraming OpenFraming() => new ServerSentEventFraming();

    /// <summary>What a refusal means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="body">Its body, or the beginning of it; may be anything.</param>
    public abstract ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body);

    /// <summary>Whether a text of the provider's holds what no caller may see: its credential or its address.</summary>
    public bool Reveals(ReadOnlySpan<byte> text)
    {
        foreach (var secret in _unspeakable)
        {
            if (text.IndexOf(secret) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][] Unspeakable(RoutedProvider provider, IEnumerable<string?> secrets) =>
    [
        .. secrets.Append(provider.BaseUrl?.Host).OfType<string>().Select(Encoding.UTF8.GetBytes)
            .Where(text => text.Length >= MinSecretBytes),
    ];
}
