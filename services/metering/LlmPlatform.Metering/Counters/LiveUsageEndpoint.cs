using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Metering.Counters;

/// <summary><c>GET /admin/v1/usage/live</c>.</summary>
internal static class LiveUsageEndpoint
{
    public static void MapLiveUsage(this RouteGroupBuilder admin) => admin.MapGet("/usage/live", ReadAsync);

    private static async Task<Ok<LiveUsageResponse>> ReadAsync(
        LiveCounters counters, CancellationToken cancellationToken) =>
        TypedResults.Ok(await counters.ReadAsync(cancellationToken));
}
