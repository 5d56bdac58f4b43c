using LlmPlatform.Hosting.Bus;
using LlmPlatform.TestKit;
using RabbitMQ.Client;

namespace LlmPlatform.Hosting.Tests.Bus;

public class PlatformBusTests
{
    private const string Queue = "hosting-failing";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_of_a_consumer_outlives_brokers_and_parks_what_keeps_coming_back()
    {
        await using var broker = await Broker.StartAsync();
        await DeclareAsync(broker);

        Assert.Null(await broker.DifferenceAsync(
            Queue,
            durable: true,
            autoDelete: false,
            ("x-queue-type", "quorum"),
            ("x-quorum-initial-group-size", 3),
            ("x-delivery-limit", 3),
            ("x-dead-letter-exchange", "parked")));
        Assert.Null(await broker.DifferenceAsync(
            "parked", durable: true, autoDelete: false, ("x-queue-type", "quorum")));
    }

    [Fact]
    public async Task A_message_that_kills_its_consumer_again_and_again_is_parked_and_not_dropped()
    {
        await using var broker = await Broker.StartAsync();
        await DeclareAsync(broker);
        await using var channel = await broker.ChannelAsync();
        await channel.BasicPublishAsync(
            "", Queue, mandatory: true, new BasicProperties(), "poison"u8.ToArray(), Cancellation);

        // One delivery, and as many again as the limit says: each time given back as a dying process gives it back.
        for (var delivery = 0; delivery < 4; delivery++)
        {
            var message = await Eventually.UntilAsync(
                async () => await channel.BasicGetAsync(Queue, autoAck: false, Cancellation),
                got => got is not null,
                _patience,
                $"delivery {delivery}",
                Cancellation);
            await channel.BasicNackAsync(message!.DeliveryTag, multiple: false, requeue: true, Cancellation);
        }

        await broker.UntilAsync("parked", messages: 1);
        await broker.UntilAsync(Queue, messages: 0);
    }

    [Fact]
    public async Task A_message_that_keeps_failing_is_tried_again_and_then_moved_to_the_error_queue()
    {
        await using var broker = await Broker.StartAsync();
        var heard = new Heard();
        await using var host = await BusHost.StartAsync(
            broker.Address, bus => bus.AddConsumer<FailingConsumer>(), heard);

        await host.Bus.Publish(new Happened { Number = -1 }, Cancellation);
        await broker.UntilAsync(Queue + "_error", messages: 1);
        await host.Bus.Publish(new Happened { Number = 2 }, Cancellation);
        await Eventually.UntilAsync(
            () => heard.Attempts.Contains(2), _patience, "the queue goes on", Cancellation);

        Assert.Equal([-1, -1, -1, 2], heard.Attempts);
        await broker.UntilAsync(Queue, messages: 0);
        Assert.Null(await broker.DifferenceAsync(
            Queue + "_error",
            durable: true,
            autoDelete: false,
            ("x-queue-type", "quorum"),
            ("x-quorum-initial-group-size", 3),
            ("x-delivery-limit", 3),
            ("x-dead-letter-exchange", "parked")));
    }

    [Fact]
    public async Task Declaring_the_topology_binds_queues_that_keep_what_is_published_before_anyone_consumes()
    {
        await using var broker = await Broker.StartAsync();
        await DeclareAsync(broker);
        await DeclareAsync(broker);
        await using (var publisher = await BusHost.StartAsync(broker.Address, _ => { }))
            await publisher.Bus.Publish(new Happened { Number = 7 }, Cancellation);

        await broker.UntilAsync(Queue, messages: 1);
        var heard = new Heard();
        await using var host = await BusHost.StartAsync(
            broker.Address, bus => bus.AddConsumer<FailingConsumer>(), heard);
        await Eventually.UntilAsync(
            () => heard.Attempts.SequenceEqual([7]), _patience, "the message is consumed", Cancellation);
    }

    [Fact]
    public async Task Every_process_hears_an_announcement_through_a_queue_that_goes_with_it()
    {
        await using var broker = await Broker.StartAsync();
        var (one, other) = (new Heard(), new Heard());
        await using var second = await BusHost.StartAsync(
            broker.Address, bus => bus.AddAnnouncementConsumer<HearingConsumer>(), other);
        await using (var first = await BusHost.StartAsync(
            broker.Address, bus => bus.AddAnnouncementConsumer<HearingConsumer>(), one))
        {
            for (var number = 0; number < 10; number++)
                await first.Bus.Publish(new Happened { Number = number }, Cancellation);
            await Eventually.UntilAsync(
                () => one.Announced.Count == 10 && other.Announced.Count == 10,
                _patience,
                "both heard everything",
                Cancellation);

            Assert.NotEqual(one.AnnouncementQueue, other.AnnouncementQueue);
            Assert.StartsWith("hosting-hearing-hears-", one.AnnouncementQueue, StringComparison.Ordinal);
            Assert.True(await broker.IsExclusiveAsync(one.AnnouncementQueue!));
        }

        await broker.UntilAsync(one.AnnouncementQueue!, messages: null);
        Assert.True(await broker.IsExclusiveAsync(other.AnnouncementQueue!));
    }

    private static async Task DeclareAsync(Broker broker)
    {
        await using var host = BusHost.Build(
            broker.Address, bus => bus.AddConsumer<FailingConsumer>(), topologyOnly: true);
        await host.Bus.StartAsync(Cancellation);
        await host.Bus.StopAsync(Cancellation);
    }
}
