using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Responses;

/// <summary><c>POST /v1/responses</c>.</summary>
internal static class ResponsesEndpoint
{
    // The pipeline is looked up by request, not when it is mapped: a host that only checks or migrates must not open
    // the spool.
    public static void MapResponses(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(ResponsesApi.Instance.Route, (RequestDelegate)(http =>
            http.RequestServices.GetRequiredService<GatewayPipeline>().RunAsync(http, ResponsesApi.Instance)));
}
