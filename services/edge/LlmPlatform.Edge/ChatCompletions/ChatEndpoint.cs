using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    // The pipeline is looked up by request, not when it is mapped: a host that only checks or migrates must not open
    // the spool.
    public static void MapChatCompletions(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(ChatApi.Instance.Route, (RequestDelegate)(http =>
            http.RequestServices.GetRequiredService<GatewayPipeline>().RunAsync(http, ChatApi.Instance)));
}
