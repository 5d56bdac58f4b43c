using System.Text;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Providers.Compatible;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Providers.Vertex;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Providers.Bedrock;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Golden;

/// <summary>
/// The protocols that providers answer in: a folder each under <c>upstream/</c>. Add a line, and every request that can
/// reach it is golden.
/// </summary>
internal static class GoldenWires
{
    private static readonly VertexTokens _tokens = new(
        new VertexOptions(), new UpstreamOptions(), TimeProvider.System, NullLogger<TokenExchange>.Instance);

    public static IReadOnlyList<GoldenWire> All { get; } =
    [
        new("openai-chat", Wire.Chat, provider => new OpenAiAdapter(provider, Key, ChatDialect.OpenAi)),
        new("openai-completions", Wire.Completions, provider => new OpenAiAdapter(provider, Key, ChatDialect.OpenAi)),
        new("openai-responses", Wire.Responses, provider => new OpenAiAdapter(provider, Key, ChatDialect.OpenAi)),

        // Who has no responses or no text completions of his own is asked in chat.
        new("openai-chat", Wire.Chat, provider => new OpenAiAdapter(provider, Key, Dialects.Of("vllm"))),
        new("openai-chat", Wire.Chat, provider => new OpenAiAdapter(provider, Key, Dialects.Of("mistral"))),
        new("anthropic", Wire.Messages, provider => new AnthropicAdapter(provider, Key))
        {
            ModelOf = _ => "claude-sonnet-4-5-20250929",
        },
        new("gemini", Wire.Gemini, provider => new GeminiAdapter(provider, Key))
        {
            Encode = fixture => AsText(fixture.Replace("\n", "\r\n", StringComparison.Ordinal)),
        },
        new("bedrock", Wire.Bedrock,
            provider => new BedrockAdapter(provider with { Location = "us-east-1" }, Key, TimeProvider.System))
        {
            ModelOf = _ => "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            Encode = AwsEvents.Encode,
        },
        new("vertex-claude", Wire.Messages, provider => new VertexClaudeAdapter(
            provider with { Project = "a-project", Location = "europe-west1" }, Key, _tokens.Open(provider, Key)))
        {
            ModelOf = _ => "claude-sonnet-4-5@20250929",
        },
    ];

    private static Secret Key { get; } = new("sk-golden-0123456789");

    /// <summary>The wire of a folder as it serves an API; null when it serves none such.</summary>
    public static GoldenWire? Find(string folder, Wire asked) =>
        All.FirstOrDefault(wire => wire.Folder == folder && wire.Open().WireFor(asked) == wire.Wire);

    public static byte[] AsText(string fixture) => Encoding.UTF8.GetBytes(fixture);
}

/// <summary>One of them.</summary>
/// <param name="Folder">Its name under <c>upstream/</c> and <c>expected/</c>.</param>
/// <param name="Wire">The protocol.</param>
/// <param name="Create">The adapter under test.</param>
internal sealed record GoldenWire(string Folder, Wire Wire, Func<RoutedProvider, ProviderAdapter> Create)
{
    /// <summary>The provider's own name of a model, for those who read something in it.</summary>
    public Func<string, string> ModelOf { get; init; } = model => $"provider-{model}";

    /// <summary>Makes the bytes of a stream of what a fixture says of it.</summary>
    public Func<string, byte[]> Encode { get; init; } = GoldenWires.AsText;

    public ProviderAdapter Open() => Create(new RoutedProvider
    {
        Name = "golden",
        Kind = Folder,
        BaseUrl = new Uri("https://provider.example/v1"),
        Timeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        IdleTimeout = TimeSpan.FromMinutes(1),
        Up = true,
    });
}
