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

    public OpenAiAdapter(RoutedProvider provider, Secret? credential)
        : base(provider, credential)
    {
        _authorization = credential is { } key ? new AuthenticationHeaderValue("Bearer", key.Reveal()) : null;
        _chat = new Uri($"{provider.BaseUrl!.AbsoluteUri.TrimEnd('/')}/chat/completions");
    }

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => asked == Wire.Chat ? Wire.Chat : null;

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target) => _chat;

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
