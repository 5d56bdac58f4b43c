using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.Models;

/// <summary><c>GET /v1/models</c>: the models the key may use, in OpenAI's shape.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(
            "/v1/models", (HttpContext http, Authentication authentication, RoutingTable routing, TimeProvider clock) =>
            AnswerAsync(http, authentication, routing, clock, (caller, models) => Results.Json(new
            {
                @object = "list",
                data = models.Where(model => caller.Models.Matches(model)).Select(Entry),
            })));
        endpoints.MapGet("/v1/models/{*id}", (
            string id, HttpContext http, Authentication authentication, RoutingTable routing, TimeProvider clock) =>
            AnswerAsync(http, authentication, routing, clock, (caller, models) => Find(id, caller, models)));
    }

    private static async Task AnswerAsync(
        HttpContext http,
        Authentication authentication,
        RoutingTable routing,
        TimeProvider clock,
        Func<CallerIdentity, IEnumerable<string>, IResult> answer)
    {
        using var call = new GatewayCall(http, ChatApi.Instance, clock);
        http.Response.Headers["X-Request-Id"] = call.RequestId.ToString();
        var error = await authentication.IdentifyAsync(call)
            ?? (routing.Planner is null ? GatewayError.NotReady() : null);
        var result = error is null
            ? answer(call.Caller!, routing.Planner!.ListModels().Select(model => model.Name))
            : new Refusal(error);
        await result.ExecuteAsync(http);
    }

    // Clients escape the slash within a name, and the server leaves an escaped slash as it is.
    private static IResult Find(string id, CallerIdentity caller, IEnumerable<string> models)
    {
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return models.Contains(name, StringComparer.Ordinal) && caller.Models.Matches(name)
            ? Results.Json(Entry(name))
            : new Refusal(GatewayError.ModelNotFound(name));
    }

    private static object Entry(string model) =>
        new { id = model, @object = "model", created = 0, owned_by = "llm-platform" };

    private sealed record Refusal(GatewayError Error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => 
            ErrorWriter.WriteAsync(httpContext.Response, ChatApi.Instance, Error, requestId: "");
    }
}
