using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Completeness;

/// <summary><c>GET /admin/v1/completeness</c>: whether an event of any edge is known to be missing.</summary>
internal static class CompletenessEndpoint
{
    public static void Map(RouteGroupBuilder admin) =>
        admin.MapGet("/completeness", ReadAsync).OpenTo(KeyRole.Finance);

    private static async Task<Ok<CompletenessResponse>> ReadAsync(
        BillingDbContext database, CancellationToken cancellationToken)
    {
        var spools = await ReceivedSequences.ReadAsync(database, cancellationToken);
        return TypedResults.Ok(new CompletenessResponse(spools.All(spool => spool.MissingEvents == 0), spools));
    }
}
