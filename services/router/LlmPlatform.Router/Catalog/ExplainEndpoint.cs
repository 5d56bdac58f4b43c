using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;
using LlmPlatform.Router.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Plans a call as an edge would, from the snapshot edges follow and what an edge knows of the deployments right now,
/// and says why each candidate has its place. Where no edge answers, nothing is known of them, and it says so.
/// </summary>
internal static class ExplainEndpoint
{
    // It asks, and changes nothing, whatever its method says.
    public static void Map(RouteGroupBuilder admin) =>
        admin.MapPost("/routes/explain", ExplainAsync).OpenTo(KeyRole.Auditor);

    private static async Task<Results<Ok<ExplainResponse>, ProblemHttpResult>> ExplainAsync(
        ExplainRequest request,
        SnapshotShelf shelf,
        LiveSignals live,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (request.Model is not { Length: > 0 } model)
            return AdminProblem.Invalid("invalid_request", "model is missing: name the model a caller would ask for.");

        if (await shelf.CurrentAsync(cancellationToken) is not { } snapshot)
            return AdminProblem.Unavailable("no_snapshot", "No routing snapshot was published yet.");

        var now = clock.GetUtcNow().UtcTicks;
        var known = await live.ReadAsync(cancellationToken);
        var planner = new RoutePlanner(snapshot, known is null ? null : SignalBook.Of(known, now));

        // Chance spreads load here and protects nothing.
        var seed = request.RequestId is { } id ? RouteSeed.Of(id) : request.Seed ?? (uint)Random.Shared.Next();
        var asked = request.ToRouteRequest(planner.NameOf(model), seed, now);
        var candidates = planner.Explain(in asked, out var plan);
        return candidates.Count == 0 && plan.Rule is null
            ? AdminProblem.NotFound("model_not_found", $"No model is published as '{model}'.")
            : TypedResults.Ok(ExplainResponse.Of(planner, in asked, plan, candidates, known));
    }
}
