using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.Completions;

/// <summary><c>POST /v1/completions</c>.</summary>
internal static class CompletionsEndpoint
{
    public static void MapCompletions(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapCall(CompletionsApi.Instance);
}
