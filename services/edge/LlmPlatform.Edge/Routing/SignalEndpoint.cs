using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// Tells the router what this edge knows of the deployments, so that it can explain plans as they are.
/// </summary>
internal static class SignalEndpoint
{
    public static void MapSignals(this IEndpointRouteBuilder endpoints) => endpoints.MapInternal().MapGet(
        "/routing/signals",
        (RoutingTable routing, SignalBook signals, TimeProvider clock) => routing.Planner is { } planner
            ? Results.Json(signals.Read(planner.Version, clock.RouteTicks()), SnapshotFeeds.Json)
            : Results.NoContent());
}
