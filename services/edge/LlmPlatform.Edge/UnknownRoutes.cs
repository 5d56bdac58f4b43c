using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge;

/// <summary>
/// What clients get under <c>/v1</c> where nothing is: an error in the shape they parse, not an empty body.
/// </summary>
internal static class UnknownRoutes
{
    public static void MapUnknownRoutes(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOther("/v1/chat/completions", HttpMethods.Post, ChatApi.Instance);
        endpoints.MapOther("/v1/completions", HttpMethods.Post, ChatApi.Instance);
        endpoints.MapOther("/v1/responses", HttpMethods.Post, ChatApi.Instance);
        endpoints.MapOther("/v1/responses/{id}", "GET, DELETE", ChatApi.Instance);
        endpoints.MapOther("/v1/responses/{id}/cancel", HttpMethods.Post, ChatApi.Instance);
        endpoints.MapOther("/v1/responses/{id}/input_items", HttpMethods.Get, ChatApi.Instance);
        endpoints.MapOther("/v1/embeddings", HttpMethods.Post, ChatApi.Instance);
        endpoints.MapOther("/v1/messages", HttpMethods.Post, MessagesApi.Instance);
        endpoints.MapOther("/v1/messages/count_tokens", HttpMethods.Post, MessagesApi.Instance);
        endpoints.MapOther("/v1/models", HttpMethods.Get, ChatApi.Instance);
        endpoints.MapFallback("/v1/{**path}", (RequestDelegate)(async http =>
            await RefuseAsync(http, ApiAt(http.Request.Path), GatewayError.NotFound(http.Request.Path))));
    }

    // An endpoint that names its method is preferred to this one, which names none.
    private static void MapOther(
        this IEndpointRouteBuilder endpoints, string path, string allowed, PublicApi api) =>
        endpoints.Map(path, (RequestDelegate)(async http =>
        {
            http.Response.Headers.Allow = allowed;
            var error = GatewayError.MethodNotAllowed(http.Request.Method, http.Request.Path, allowed);
            await RefuseAsync(http, api, error);
        }));

    // Whose client goes astray near a route is likely to be the one of that route.
    private static PublicApi ApiAt(PathString path) =>
        path.Value!.StartsWith(MessagesApi.Instance.Route, StringComparison.Ordinal)
            ? MessagesApi.Instance
            : ChatApi.Instance;

    private static Task<int> RefuseAsync(HttpContext http, PublicApi api, GatewayError error) =>
        ErrorWriter.WriteAsync(http.Response, api, error, requestId: "");
}
