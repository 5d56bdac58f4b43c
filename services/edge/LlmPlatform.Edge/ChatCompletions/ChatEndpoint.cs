using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    public static void MapChatCompletions(this IEndpointRouteBuilder endpoints)
    {
        var pipeline = endpoints.ServiceProvider.GetRequiredService<GatewayPipeline>();
        endpoints.MapPost("/v1/chat/completions", (RequestDelegate)pipeline.RunAsync);
    }
}
