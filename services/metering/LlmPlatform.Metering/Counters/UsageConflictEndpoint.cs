using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Metering.Counters;

/// <summary>
/// <c>GET /admin/v1/usage/live/conflicts</c>, the newest first: usage that no counter holds because it contradicts what
/// one does.
/// </summary>
internal static class UsageConflictEndpoint
{
    public static void MapUsageConflicts(this RouteGroupBuilder admin) =>
        admin.MapGet("/usage/live/conflicts", ListAsync).OpenTo(KeyRole.Finance);

    private static async Task<Results<Ok<Page<UsageConflict>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page, UsageConflicts conflicts, CancellationToken cancellationToken) =>
        page.TryRead(out _, out var problem)
            ? TypedResults.Ok(new Page<UsageConflict>(await conflicts.ListAsync(page.Size, cancellationToken), null))
            : problem;
}
