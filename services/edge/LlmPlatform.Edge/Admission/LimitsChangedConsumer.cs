using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Quota;
using MassTransit;

namespace LlmPlatform.Edge.Admission;

/// <summary>Pulls limits and budgets as soon as a version of them is announced.</summary>
internal sealed class LimitsChangedConsumer(SnapshotFeed<LimitsSnapshot> feed) : IConsumer<LimitsChanged>
{
    public Task Consume(ConsumeContext<LimitsChanged> context)
    {
        feed.Announce(context.Message.Version);
        return Task.CompletedTask;
    }
}
