using System.Buffers;
using System.Net.Http.Headers;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>
/// Claude on Vertex AI: Anthropic's protocol word for word, but that the address names the model and the body the
/// version, and that Google says who may call.
/// </summary>
/// <remarks>Source: Anthropic's own client for Vertex AI, and Google's page on Claude, November 2026.</remarks>
internal sealed class VertexClaudeAdapter(RoutedProvider provider, Secret? credential, AccessTokens tokens)
    : ProviderAdapter(provider, credential)
{
    private const string Publisher = "publishers/anthropic/models/";
    private const string Version = "vertex-2023-10-16";

    private readonly string _models = $"{VertexAddress.Of(provider)}/{Publisher}";

    /// <summary>Whether a model is Anthropic's, by its name alone or in full.</summary>
    public static bool Speaks(string model) =>
        model.StartsWith("claude-", StringComparison.Ordinal) || model.StartsWith(Publisher, StringComparison.Ordinal);

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => asked switch
    {
        Wire.TokenCount => Wire.TokenCount,
        Wire.Messages or Wire.Chat or Wire.Completions or Wire.Responses => Wire.Messages,
        _ => null,
    };

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target) => new(target switch
    {
        { Wire: Wire.TokenCount } => $"{_models}count-tokens:rawPredict",
        { Stream: true } => $"{_models}{InPath(target)}:streamRawPredict",
        _ => $"{_models}{InPath(target)}:rawPredict",
    });

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // Of a caller who speaks the protocol. The body says another.
        request.Headers.Remove("anthropic-version");
        return tokens.AuthorizeAsync(request, Provider.Name, cancellationToken);
    }

    /// <inheritdoc />
    public override PassThroughChanges ChangesFor(UpstreamTarget target) => new(NameOf(target), target.OutputBound)
    {
        AnthropicVersion = Version,
        NamesModel = target.Wire == Wire.TokenCount,
    };

    /// <inheritdoc />
    public override void WriteGeneration(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        AnthropicRequestWriter.Write(request, target, output, Version);

    /// <inheritdoc />
    public override AnswerReader OpenReader(GenerationRequest request, IAnswerSink sink) =>
        new AnthropicReader(sink, AnswerTool.NameIn(request));

    /// <inheritdoc />
    /// <remarks>What Google refuses before Claude is asked, such as a quota, it says in its own words.</remarks>
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body)
    {
        var fault = AnthropicFault.Understands(body)
            ? AnthropicFault.Read(status, body)
            : GeminiFault.Read(status, body);
        if (fault.Kind == ProviderFaultKind.Authentication)
        {
            tokens.Reject();
        }

        return fault;
    }

    // The date of a model stands behind an @, which a path may hold as it is.
    private static string InPath(UpstreamTarget target) =>
        Uri.EscapeDataString(NameOf(target)).Replace("%40", "@", StringComparison.Ordinal);

    private static string NameOf(UpstreamTarget target) =>
        target.Model.StartsWith(Publisher, StringComparison.Ordinal) ? target.Model[Publisher.Length..] : target.Model;
}
