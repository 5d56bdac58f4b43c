using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.AzureOpenAi;

/// <summary>
/// OpenAI's models in Azure. With a version of the API configured, each deployment has addresses of its own; without
/// one, the API that needs none (<c>/openai/v1</c>) is called, and the deployment stands in the body as the model.
/// </summary>
internal sealed class AzureOpenAiAdapter(RoutedProvider provider, Secret? credential)
    : OpenAiWireAdapter(provider, credential, DialectOf(provider.ApiVersion))
{
    // Of the versions, which begin with their day: the first that knows max_completion_tokens and stream_options, and
    // the first that has responses.
    private const string UsageInStreamsSince = "2024-09-01";
    private const string ResponsesSince = "2025-03-01";

    private readonly string _resource = ResourceOf(provider.BaseUrl!);

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target)
    {
        var path = PathOf(target.Wire);
        if (Provider.ApiVersion is not { } version)
        {
            return new Uri($"{_resource}/openai/v1/{path}");
        }

        // Responses know their model from the body alone.
        var deployment = target.Wire == Wire.Responses ? "" : $"deployments/{Uri.EscapeDataString(target.Model)}/";
        return new Uri($"{_resource}/openai/{deployment}{path}?api-version={Uri.EscapeDataString(version)}");
    }

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Credential is { } key)
        {
            request.Headers.TryAddWithoutValidation("api-key", key.Reveal());
        }

        return ValueTask.CompletedTask;
    }

    private static ChatDialect DialectOf(string? version) =>
        IsSince(version, UsageInStreamsSince)
            ? ChatDialect.OpenAi with { HasResponses = IsSince(version, ResponsesSince) }
            : ChatDialect.OpenAi with
            {
                OutputBound = OutputBoundSpelling.MaxTokens,
                TakesStreamOptions = false,
                HasResponses = false,
            };

    private static bool IsSince(string? version, string day) =>
        version is null || string.CompareOrdinal(version, day) >= 0;

    // The portal shows the resource's address with and without what follows it.
    private static string ResourceOf(Uri address)
    {
        var text = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        foreach (var tail in (string[])["/v1", "/openai"])
        {
            text = text.EndsWith(tail, StringComparison.OrdinalIgnoreCase) ? text[..^tail.Length] : text;
        }

        return text;
    }
}
