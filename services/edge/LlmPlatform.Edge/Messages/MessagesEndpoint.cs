using LlmPlatform.Edge.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Messages;

/// <summary><c>POST /v1/messages</c> and <c>POST /v1/messages/count_tokens</c>.</summary>
internal static class MessagesEndpoint
{
    public static void MapMessages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApi(MessagesApi.Instance);
        endpoints.MapApi(TokenCountApi.Instance);
    }

    // The pipeline is looked up by request, not when it is mapped: a host that only checks or migrates must not open
    // the spool.
    private static void MapApi(this IEndpointRouteBuilder endpoints, PublicApi api) =>
        endpoints.MapPost(api.Route, (RequestDelegate)(http =>
            http.RequestServices.GetRequiredService<GatewayPipeline>().RunAsync(http, api)));
}
