using System.Buffers;
using System.Net.Http.Headers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>Anthropic itself, and all that speak its Messages API.</summary>
internal sealed class AnthropicAdapter : ProviderAdapter
{
    private const string DefaultVersion = "2023-06-01";
    private const string FilesBeta = "files-api-2025-04-14";

    private readonly string? _key;
    private readonly Uri _messages;
    private readonly Uri _tokenCount;

    public AnthropicAdapter(RoutedProvider provider, Secret? credential)
        : base(provider, credential)
    {
        _key = credential?.Reveal();

        // Anthropic's clients are given the address without its version, those of others with it: both will do.
        var address = provider.BaseUrl!.AbsoluteUri.TrimEnd('/');
        var root = address.EndsWith("/v1", StringComparison.Ordinal) ? address : $"{address}/v1";
        _messages = new Uri($"{root}/messages");
        _tokenCount = new Uri($"{root}/messages/count_tokens");
    }

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => asked switch
    {
        Wire.TokenCount => Wire.TokenCount,
        Wire.Messages or Wire.Chat or Wire.Completions or Wire.Responses => Wire.Messages,
        _ => null,
    };

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target) =>
        target.Wire == Wire.TokenCount ? _tokenCount : _messages;

    /// <inheritdoc />
    /// <remarks>A version and betas that its caller named are already there.</remarks>
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var headers = request.Headers;
        if (_key is not null)
        {
            headers.TryAddWithoutValidation("x-api-key", _key);
        }

        if (!headers.Contains("anthropic-version"))
        {
            headers.TryAddWithoutValidation("anthropic-version", DefaultVersion);
        }

        // Within a text its quotes would be escaped.
        if (!headers.Contains("anthropic-beta") && body.Span.IndexOf("\"file_id\":"u8) >= 0)
        {
            headers.TryAddWithoutValidation("anthropic-beta", FilesBeta);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public override void WriteGeneration(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        AnthropicRequestWriter.Write(request, target, output);

    /// <inheritdoc />
    public override AnswerReader OpenReader(GenerationRequest request, IAnswerSink sink) =>
        new AnthropicReader(sink, AnswerTool.NameIn(request));

    /// <inheritdoc />
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        AnthropicFault.Read(status, body);
}
