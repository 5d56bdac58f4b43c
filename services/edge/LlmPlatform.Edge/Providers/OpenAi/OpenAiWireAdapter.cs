using System.Buffers;
using System.Net.Http.Headers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// What OpenAI, Azure and all that are compatible with them have in common: callers of OpenAI's own APIs pass through
/// where the provider serves them, all others are translated to its chat.
/// </summary>
internal abstract class OpenAiWireAdapter(RoutedProvider provider, Secret? credential, ChatDialect dialect)
    : ProviderAdapter(provider, credential)
{
    /// <summary>What the provider can do, and how it wants it said.</summary>
    protected ChatDialect Dialect { get; } = dialect;

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => asked switch
    {
        Wire.Chat or Wire.Messages => Wire.Chat,
        Wire.Completions => Dialect.HasCompletions ? Wire.Completions : Wire.Chat,
        Wire.Responses => Dialect.HasResponses ? Wire.Responses : Wire.Chat,
        Wire.Embeddings => Dialect.HasEmbeddings ? Wire.Embeddings : null,
        _ => null,
    };

    /// <inheritdoc />
    public override PassThroughChanges ChangesFor(UpstreamTarget target) => new(target.Model, target.OutputBound)
    {
        UseMaxCompletionTokens = Dialect.OutputBound == OutputBoundSpelling.MaxCompletionTokens,
        AskForUsage = Dialect.TakesStreamOptions,
        TakesDeveloperRole = Dialect.TakesDeveloperRole,
        TakesOthersOwn = Dialect.TakesUnknownMembers,
    };

    /// <inheritdoc />
    public override void WriteGeneration(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        ChatRequestWriter.Write(request, target, Dialect, output);

    /// <inheritdoc />
    public override AnswerReader OpenReader(GenerationRequest request, IAnswerSink sink) =>
        new ChatAnswerReader(sink, atMostOneCall: request.ParallelToolCalls == false, Dialect.ThinksInTags);

    /// <inheritdoc />
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        OpenAiFault.Read(status, headers, body);

    /// <summary>Where each protocol is, behind the provider's address.</summary>
    protected static string PathOf(Wire wire) => wire switch
    {
        Wire.Completions => "completions",
        Wire.Responses => "responses",
        Wire.Embeddings => "embeddings",
        _ => "chat/completions",
    };
}
