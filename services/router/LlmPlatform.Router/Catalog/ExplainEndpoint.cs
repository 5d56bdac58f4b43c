using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Plans a call as an edge would, from the snapshot edges follow, and says why each candidate has its place.
/// </summary>
internal static class ExplainEndpoint
{
    // It asks, and changes nothing, whatever its method says.
    public static void Map(RouteGroupBuilder admin) =>
        admin.MapPost("/routes/explain", ExplainAsync).OpenTo(KeyRole.Auditor);

    private static async Task<Results<Ok<ExplainResponse>, ProblemHttpResult>> ExplainAsync(
        ExplainRequest request, SnapshotShelf shelf, CancellationToken cancellationToken)
    {
        if (request.Model is not { Length: > 0 } model)
            return AdminProblem.Invalid("invalid_request", "model is missing: name the model a caller would ask for.");

        await shelf.CurrentAsync(cancellationToken);
        if (shelf.Planner is not { } planner)
            return AdminProblem.Unavailable("no_snapshot", "No routing snapshot was published yet.");
        if (!planner.TryFindModel(model, out _))
            return AdminProblem.NotFound("model_not_found", $"No model is published as '{model}'.");

        // Chance spreads load here and protects nothing.
        var seed = request.Seed ?? (uint)Random.Shared.Next();
        return TypedResults.Ok(ExplainResponse.Of(planner, model, seed));
    }
}
