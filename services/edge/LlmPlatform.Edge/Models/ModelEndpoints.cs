using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.Models;

/// <summary>
/// <c>GET /v1/models</c>: the models the key may use, in the shape its caller parses. Anthropic's callers are known by
/// the version they name.
/// </summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(
            "/v1/models", (HttpContext http, Authentication authentication, RoutingTable routing, TimeProvider clock) =>
            AnswerAsync(http, authentication, routing, clock, (shape, caller, models) =>
                shape.List([.. models.Where(model => caller.Models.Matches(model))])));
        endpoints.MapGet("/v1/models/{*id}", (
            string id, HttpContext http, Authentication authentication, RoutingTable routing, TimeProvider clock) =>
            AnswerAsync(http, authentication, routing, clock, (shape, caller, models) =>
                Find(id, shape, caller, models)));
    }

    private static async Task AnswerAsync(
        HttpContext http,
        Authentication authentication,
        RoutingTable routing,
        TimeProvider clock,
        Func<ModelShape, CallerIdentity, IEnumerable<string>, object> answer)
    {
        var shape = http.Request.Headers.ContainsKey("anthropic-version") ? ModelShape.Anthropic : ModelShape.OpenAi;
        using var call = new GatewayCall(http, shape.Api, clock);
        http.Response.Headers["X-Request-Id"] = call.RequestId.ToString();
        var error = await authentication.IdentifyAsync(call)
            ?? (routing.Planner is null ? GatewayError.NotReady() : null);
        var said = error ?? answer(shape, call.Caller!, routing.Planner!.ListModels().Select(model => model.Name));
        if (said is GatewayError refusal)
        {
            await ErrorWriter.WriteAsync(http.Response, shape.Api, refusal, call.RequestId.ToString());
            return;
        }

        await http.Response.WriteAsJsonAsync(said, http.RequestAborted);
    }

    // Clients escape the slash within a name, and the server leaves an escaped slash as it is.
    private static object Find(string id, ModelShape shape, CallerIdentity caller, IEnumerable<string> models)
    {
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return models.Contains(name, StringComparer.Ordinal) && caller.Models.Matches(name)
            ? shape.Entry(name)
            : GatewayError.ModelNotFound(name);
    }
}
