using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Metering.Counters;

/// <summary><c>GET /admin/v1/usage/live</c>.</summary>
internal static class LiveUsageEndpoint
{
    public static void MapLiveUsage(this RouteGroupBuilder admin) =>
        admin.MapGet("/usage/live", ReadAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);

    private static async Task<Ok<LiveUsageResponse>> ReadAsync(
        AdminOperator who, LiveCounters counters, CancellationToken cancellationToken) =>
        TypedResults.Ok((await counters.ReadAsync(cancellationToken)).For(who));
}
