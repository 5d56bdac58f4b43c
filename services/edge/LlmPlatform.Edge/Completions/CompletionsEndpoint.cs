using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Completions;

/// <summary><c>POST /v1/completions</c>.</summary>
internal static class CompletionsEndpoint
{
    // The pipeline is looked up by request, not when it is mapped: a host that only checks or migrates must not open
    // the spool.
    public static void MapCompletions(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(CompletionsApi.Instance.Route, (RequestDelegate)(http =>
            http.RequestServices.GetRequiredService<GatewayPipeline>().RunAsync(http, CompletionsApi.Instance)));
}
