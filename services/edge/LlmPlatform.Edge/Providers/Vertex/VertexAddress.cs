using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>Where a project's models are.</summary>
internal static class VertexAddress
{
    /// <summary>The beginning of every address of a provider's models, without a slash at its end.</summary>
    public static string Of(RoutedProvider provider) =>
        $"{GenerateContentAdapter.VersionedAddress(provider.BaseUrl!, "v1")}"
        + $"/projects/{Uri.EscapeDataString(provider.Project ?? "")}"
        + $"/locations/{Uri.EscapeDataString(provider.Location ?? "global")}";
}
