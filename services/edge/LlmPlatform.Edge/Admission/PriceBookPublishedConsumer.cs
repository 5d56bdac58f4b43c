using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Money.Pricing;
using MassTransit;

namespace LlmPlatform.Edge.Admission;

/// <summary>Pulls prices as soon as a version of them is announced.</summary>
internal sealed class PriceBookPublishedConsumer(SnapshotFeed<PriceBookSnapshot> feed) : IConsumer<PriceBookPublished>
{
    public Task Consume(ConsumeContext<PriceBookPublished> context)
    {
        feed.Announce(context.Message.Version);
        return Task.CompletedTask;
    }
}
