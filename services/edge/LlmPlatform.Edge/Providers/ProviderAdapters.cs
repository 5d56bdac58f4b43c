using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Providers.AzureOpenAi;
using LlmPlatform.Edge.Providers.Compatible;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Providers.Simulated;
using LlmPlatform.Edge.Providers.Vertex;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>Makes the adapter of each kind of provider.</summary>
internal sealed class ProviderAdapters(VertexTokens vertex, TimeProvider clock)
{
    /// <summary>The adapter of a provider; null when this edge does not know its kind, or it has no address.</summary>
    public ProviderAdapter? Create(RoutedProvider provider, Secret? credential) => provider switch
    {
        { Kind: "simulated" } => new OpenAiAdapter(
            provider with { BaseUrl = SimulatedHandler.Address }, credential, Dialects.Simulated),
        { BaseUrl: null } => null,
        { Kind: "openai" } => new OpenAiAdapter(provider, credential, ChatDialect.OpenAi),
        { Kind: "openai_compatible" } => new OpenAiAdapter(provider, credential, Dialects.Of(provider.Vendor)),
        { Kind: "azure_openai" } => new AzureOpenAiAdapter(provider, credential),
        { Kind: "anthropic" } => new AnthropicAdapter(provider, credential),
        { Kind: "gemini" } => new GeminiAdapter(provider, credential),
        { Kind: "vertex" } => new VertexAdapter(provider, credential, vertex.Open(provider, credential)),
        { Kind: "bedrock", Location: not null } => new BedrockAdapter(provider, credential, clock),
        _ => null,
    };
}
