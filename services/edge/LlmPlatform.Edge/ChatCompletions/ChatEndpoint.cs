using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    public static void MapChatCompletions(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapCall(ChatApi.Instance);
}
