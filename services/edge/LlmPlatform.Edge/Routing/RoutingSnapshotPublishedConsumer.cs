using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using MassTransit;

namespace LlmPlatform.Edge.Routing;

/// <summary>Pulls the routes as soon as a version of them is announced.</summary>
internal sealed class RoutingSnapshotPublishedConsumer(SnapshotFeed<RoutingSnapshot> feed)
    : IConsumer<RoutingSnapshotPublished>
{
    public Task Consume(ConsumeContext<RoutingSnapshotPublished> context)
    {
        feed.Announce(context.Message.Version);
        return Task.CompletedTask;
    }
}
