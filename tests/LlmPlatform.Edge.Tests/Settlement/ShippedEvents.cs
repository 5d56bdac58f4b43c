using System.Collections.Concurrent;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Settlement;

/// <summary>A bus with the queues that usage and completions must reach, and what has arrived in two of them.</summary>
internal sealed class ShippedEvents : IAsyncDisposable
{
    private readonly IBusControl _bus;

    private ShippedEvents(Uri broker, bool withQueues)
    {
        Broker = broker;
        _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(broker, host => host.PublisherConfirmation = true);
            if (withQueues)
            {
                Declare(rabbit);
            }
        });
    }

    public Uri Broker { get; }

    public ConcurrentQueue<(Guid MessageId, UsageRecordedBatch Batch)> Usage { get; } = new();

    public ConcurrentQueue<(Guid MessageId, RequestCompletedBatch Batch)> Completions { get; } = new();

    public static async Task<ShippedEvents> StartAsync(string broker, bool withQueues = true)
    {
        var shipped = new ShippedEvents(new Uri(broker), withQueues);
        await shipped._bus.StartAsync(TestContext.Current.CancellationToken);
        return shipped;
    }

    public SpoolShipper Shipper(UsageSpool spool, ShipperOptions options) => new(
        spool, new RequiredQueues(Broker), options, TimeProvider.System, NullLogger<SpoolShipper>.Instance);

    /// <summary>What has arrived, by sequence: fails when one sequence came with two different events.</summary>
    public SortedDictionary<long, Guid> UsageBySequence()
    {
        var events = new SortedDictionary<long, Guid>();
        foreach (var (_, batch) in Usage)
        {
            for (var index = 0; index < batch.Events.Count; index++)
            {
                var known = events.TryAdd(batch.FirstSequence + index, batch.Events[index].EventId);
                Assert.True(known || events[batch.FirstSequence + index] == batch.Events[index].EventId);
            }
        }

        return events;
    }

    public async ValueTask DisposeAsync() => await _bus.StopAsync(TimeSpan.FromSeconds(60));

    private void Declare(IRabbitMqBusFactoryConfigurator rabbit)
    {
        foreach (var queue in ShipperOptions.DefaultUsageQueues)
        {
            rabbit.ReceiveEndpoint(queue, endpoint => endpoint.Handler<UsageRecordedBatch>(context =>
            {
                if (queue.StartsWith("billing", StringComparison.Ordinal))
                {
                    Usage.Enqueue((context.MessageId!.Value, context.Message));
                }

                return Task.CompletedTask;
            }));
        }

        foreach (var queue in ShipperOptions.DefaultCompletionQueues)
        {
            rabbit.ReceiveEndpoint(queue, endpoint => endpoint.Handler<RequestCompletedBatch>(context =>
            {
                if (queue.StartsWith("audit", StringComparison.Ordinal))
                {
                    Completions.Enqueue((context.MessageId!.Value, context.Message));
                }

                return Task.CompletedTask;
            }));
        }
    }
}
