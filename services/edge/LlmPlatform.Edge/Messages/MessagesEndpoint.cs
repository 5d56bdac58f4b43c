using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.Messages;

/// <summary><c>POST /v1/messages</c> and <c>POST /v1/messages/count_tokens</c>.</summary>
internal static class MessagesEndpoint
{
    public static void MapMessages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapCall(MessagesApi.Instance);
        endpoints.MapCall(TokenCountApi.Instance);
    }
}
