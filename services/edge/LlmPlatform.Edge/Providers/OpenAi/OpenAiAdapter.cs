using System.Net.Http.Headers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>OpenAI itself, and all that are compatible with it.</summary>
internal sealed class OpenAiAdapter : ProviderAdapter
{
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly Uri _chat;
    private readonly Uri _responses;
    private readonly Uri _embeddings;

    public OpenAiAdapter(RoutedProvider provider, Secret? credential)
        : base(provider, credential)
    {
        _authorization = credential is { } key ? new AuthenticationHeaderValue("Bearer", key.Reveal()) : null;
        var address = provider.BaseUrl!.AbsoluteUri.TrimEnd('/');
        _chat = new Uri($"{address}/chat/completions");
        _responses = new Uri($"{address}/responses");
        _embeddings = new Uri($"{address}/embeddings");
    }

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => asked switch
    {
        Wire.Chat or Wire.Embeddings => asked,
        Wire.Responses when Provider.Kind == "openai" => asked,
        _ => null,
    };

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target) => target.Wire switch
    {
        Wire.Responses => _responses,
        Wire.Embeddings => _embeddings,
        _ => _chat,
    };

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = _authorization;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    /// <remarks>
    /// OpenAI's own models of today refuse <c>max_tokens</c>; what is only compatible may know nothing else.
    /// </remarks>
    public override PassThroughChanges ChangesFor(UpstreamTarget target) =>
        new(target.Model, target.OutputBound, UseMaxCompletionTokens: Provider.Kind is "openai" or "azure_openai");

    /// <inheritdoc />
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        OpenAiFault.Read(status, body);
}
