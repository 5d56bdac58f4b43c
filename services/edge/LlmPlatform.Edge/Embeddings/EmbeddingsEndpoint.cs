using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal static class EmbeddingsEndpoint
{
    public static void MapEmbeddings(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapCall(EmbeddingsApi.Instance);
}
