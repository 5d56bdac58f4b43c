using LlmPlatform.Edge.Relay;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>OpenAI itself, and those who are compatible with it in the dialect of their vendor.</summary>
internal sealed class OpenAiAdapter(RoutedProvider provider, Secret? credential, ChatDialect dialect)
    : OpenAiWireAdapter(provider, credential, dialect)
{
    private static readonly Wire[] Wires = [Wire.Chat, Wire.Completions, Wire.Responses, Wire.Embeddings];

    private readonly Dictionary<Wire, Uri> _addresses = Wires.ToDictionary(
        wire => wire,
        wire => new Uri($"{provider.BaseUrl!.AbsoluteUri.TrimEnd('/')}/{PathOf(wire)}"));

    private readonly string? _authorization = credential is { } key ? $"Bearer {key.Reveal()}" : null;

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target) => _addresses[target.Wire];

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (_authorization is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return ValueTask.CompletedTask;
    }
}
