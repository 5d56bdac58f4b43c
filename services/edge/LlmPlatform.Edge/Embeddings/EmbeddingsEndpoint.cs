using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal static class EmbeddingsEndpoint
{
    // The pipeline is looked up by request, not when it is mapped: a host that only checks or migrates must not open
    // the spool.
    public static void MapEmbeddings(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(EmbeddingsApi.Instance.Route, (RequestDelegate)(http =>
            http.RequestServices.GetRequiredService<GatewayPipeline>().RunAsync(http, EmbeddingsApi.Instance)));
}
