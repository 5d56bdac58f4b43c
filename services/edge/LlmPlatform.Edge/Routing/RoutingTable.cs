using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// Step 3: where a call may go. The planner is built once for each snapshot; a plan is a few look-ups in memory.
/// </summary>
internal sealed class RoutingTable
{
    private volatile RoutePlanner? _planner;

    public RoutingTable(SnapshotFeed<RoutingSnapshot> feed)
    {
        feed.Changed += Use;
        if (feed.Current is { } snapshot)
        {
            Use(snapshot);
        }
    }

    /// <summary>Null until the first snapshot has been had.</summary>
    public RoutePlanner? Planner => _planner;

    public GatewayError? Plan(GatewayCall call)
    {
        if (_planner is not { } planner)
        {
            return GatewayError.NotReady();
        }

        var name = call.Request!.Model;
        if (!call.Caller!.Models.Matches(name))
        {
            return GatewayError.ModelNotAllowed(name, call.Caller.KeyName);
        }

        call.Candidates = planner.Plan(name, (uint)Random.Shared.Next());
        return call.Candidates.Count == 0 ? GatewayError.ModelNotFound(name) : null;
    }

    private void Use(RoutingSnapshot snapshot) => _planner = new RoutePlanner(snapshot);
}
