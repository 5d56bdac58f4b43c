using LlmPlatform.Edge.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge;

/// <summary>How a public API gets its route.</summary>
internal static class CallRoutes
{
    /// <summary>Serves an API at its route, with the pipeline that serves them all.</summary>
    public static void MapCall(this IEndpointRouteBuilder endpoints, PublicApi api)
    {
        // The pipeline is looked up by request, not when it is mapped: a host that only checks or migrates must not
        // open the spool. And from the root: it is one for all, and a scope for each request would be made for nothing.
        var services = endpoints.ServiceProvider;
        endpoints
            .MapPost(api.Route, (RequestDelegate)(http =>
                services.GetRequiredService<GatewayPipeline>().RunAsync(http, api)))
            .WithMetadata(api);
    }
}
