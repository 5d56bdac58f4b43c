using LlmPlatform.Edge.ChatCompletions;
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
        endpoints.MapOther("/v1/chat/completions", HttpMethods.Post);
        endpoints.MapOther("/v1/models", HttpMethods.Get);
        endpoints.MapFallback("/v1/{**path}", (RequestDelegate)(async http =>
            await OpenAiErrorWriter.WriteAsync(http.Response, GatewayError.NotFound(http.Request.Path))));
    }

    // An endpoint that names its method is preferred to this one, which names none.
    private static void MapOther(this IEndpointRouteBuilder endpoints, string path, string allowed) =>
        endpoints.Map(path, (RequestDelegate)(async http =>
        {
            http.Response.Headers.Allow = allowed;
            await OpenAiErrorWriter.WriteAsync(
                http.Response, GatewayError.MethodNotAllowed(http.Request.Method, path, allowed));
        }));
}
