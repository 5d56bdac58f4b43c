using System.Collections.Concurrent;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.TestKit;
using MassTransit;

namespace LlmPlatform.Hosting.Tests.Bus;

public sealed class ErrorQueueWatchTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_that_are_put_aside_are_told_of_until_the_queue_is_empty_again()
    {
        await using var broker = await Broker.StartAsync();
        var seen = new ConcurrentQueue<ConditionObserved>();
        var heard = new Heard();
        await using var listener = await BusHost.StartAsync(
            broker.Address, bus => bus.AddConsumer<ConditionConsumer>(), new SeenConditions(seen));
        await using var host = await BusHost.StartAsync(
            broker.Address, bus => bus.AddConsumer<FailingConsumer>(), heard);

        await host.Bus.Publish(new Happened { Number = -1 }, Cancellation);
        await Eventually.UntilAsync(
            () => seen.Any(condition => condition is { Holds: true, Value: 1 }), _patience, "it is told", Cancellation);
        await Eventually.UntilAsync(() => seen.Count > 1, _patience, "it is told again", Cancellation);
        var queue = Assert.Single(seen.Select(condition => condition.Subject).Distinct());
        await using (var channel = await broker.ChannelAsync())
            await channel.QueuePurgeAsync(queue, Cancellation);
        await Eventually.UntilAsync(
            () => seen.Any(condition => !condition.Holds), _patience, "its end is told", Cancellation);

        Assert.EndsWith("_error", queue, StringComparison.Ordinal);
        Assert.All(seen, condition => Assert.Equal("queue.error", condition.Condition));
    }

    internal sealed record SeenConditions(ConcurrentQueue<ConditionObserved> All);

    internal sealed class ConditionConsumer(SeenConditions seen) : IConsumer<ConditionObserved>
    {
        public Task Consume(ConsumeContext<ConditionObserved> context)
        {
            seen.All.Enqueue(context.Message);
            return Task.CompletedTask;
        }
    }
}
