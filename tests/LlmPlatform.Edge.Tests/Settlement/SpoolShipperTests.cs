using LlmPlatform.Edge.Settlement;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Network;
using LlmPlatform.TestKit.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class SpoolShipperTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(150);
    private static readonly ShipperOptions Quick = Options(publishTimeout: TimeSpan.FromSeconds(30));

    // What is returned, or finds no broker, is sent again only after that time.
    private static readonly ShipperOptions Hasty = Options(publishTimeout: TimeSpan.FromSeconds(2));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_arrives_in_envelopes_of_consecutive_sequences()
    {
        var servers = await TestServers.SharedAsync();
        await using var bus = await ShippedEvents.StartAsync(await servers.CreateVirtualHostAsync());
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        using var shipper = bus.Shipper(spool, Quick);
        await shipper.StartAsync(Cancellation);
        await RecordAsync(spool, 1000);
        for (var refused = 0; refused < 100; refused++)
        {
            spool.RecordCompletion(Recorded.Completion(Recorded.NewRequest(), 401), admitted: false);
        }

        await Eventually.UntilAsync(
            () => bus.UsageBySequence().Count == 1000 && bus.Completions.Sum(x => x.Batch.Events.Count) == 1100,
            Deadline,
            "everything has arrived",
            Cancellation);
        Assert.All(bus.Usage, x => Assert.Equal(spool.Money.Identity.EdgeId, x.Batch.EdgeId));
        Assert.Equal(Enumerable.Range(1, 1000).Select(x => (long)x), bus.UsageBySequence().Keys);
        Assert.All(bus.Usage, x => Assert.InRange(x.Batch.Events.Count, 1, 64));
        Assert.Equal(bus.Usage.Count, bus.Usage.Select(x => x.MessageId).Distinct().Count());
        await shipper.StopAsync(Cancellation);
        Assert.Equal(0, spool.PendingEvents);
    }

    [Fact]
    public async Task While_the_broker_is_away_events_wait_and_then_all_arrive()
    {
        var servers = await TestServers.SharedAsync();
        var broker = new UriBuilder(await servers.CreateVirtualHostAsync());
        await using var proxy = new FaultyProxy(broker.Port);
        broker.Port = proxy.Port;
        await using var bus = await ShippedEvents.StartAsync(broker.Uri.ToString());
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        using var shipper = bus.Shipper(spool, Hasty);
        await shipper.StartAsync(Cancellation);
        await RecordAsync(spool, 100);
        await Eventually.UntilAsync(() => spool.PendingEvents == 0, Deadline, "the first are confirmed", Cancellation);

        proxy.IsRefusing = true;
        Assert.NotEqual(0, proxy.Cut());
        await RecordAsync(spool, 1000);
        Assert.True(spool.IsAccepting);
        Assert.Equal(2000, spool.PendingEvents);

        proxy.Heal();
        await Eventually.UntilAsync(
            () => bus.UsageBySequence().Count == 1100, Deadline, "what waited has arrived", Cancellation);
        Assert.Equal(Enumerable.Range(1, 1100).Select(x => (long)x), bus.UsageBySequence().Keys);
        Assert.Equal(1100, bus.UsageBySequence().Values.Distinct().Count());
        await shipper.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Nothing_leaves_before_all_queues_exist_and_what_cannot_be_routed_stays()
    {
        var servers = await TestServers.SharedAsync();
        var broker = await servers.CreateVirtualHostAsync();
        await using var bus = await ShippedEvents.StartAsync(broker, withQueues: false);
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        using var shipper = bus.Shipper(spool, Hasty);
        await shipper.StartAsync(Cancellation);
        await RecordAsync(spool, 10);

        var factory = new ConnectionFactory { Uri = new Uri(broker) };
        await using (var connection = await factory.CreateConnectionAsync(Cancellation))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Cancellation))
        {
            // All but the last: nothing may leave. Publishing would declare the exchange. Nothing is bound to the
            // queues, so that what does leave is returned.
            var queues = ShipperOptions.DefaultUsageQueues.Concat(ShipperOptions.DefaultCompletionQueues).ToArray();
            foreach (var queue in queues[1..])
            {
                await DeclareAsync(channel, queue);
            }

            for (var look = 0; look < 10; look++)
            {
                await Assert.ThrowsAsync<OperationInterruptedException>(() => ExchangeExistsAsync(broker));
            }

            await DeclareAsync(channel, queues[0]);
        }

        await Eventually.UntilAsync(
            () => ExchangeExistsAsync(broker), Deadline, "something was published", Cancellation);
        Assert.Equal(20, spool.PendingEvents);
        await using var consumers = await ShippedEvents.StartAsync(broker);
        await Eventually.UntilAsync(
            () => consumers.UsageBySequence().Count == 10, Deadline, "what was returned is sent again", Cancellation);
        await shipper.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_crash_before_the_cursor_is_kept_sends_the_same_events_again()
    {
        var servers = await TestServers.SharedAsync();
        await using var bus = await ShippedEvents.StartAsync(await servers.CreateVirtualHostAsync());
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(new SpoolOptions { UpkeepInterval = TimeSpan.FromMinutes(1) });
        await RecordAsync(spool, 100);
        using (var shipper = bus.Shipper(spool, Quick))
        {
            await shipper.StartAsync(Cancellation);
            await Eventually.UntilAsync(() => spool.PendingEvents == 0, Deadline, "all is confirmed", Cancellation);
            await shipper.StopAsync(Cancellation);
        }

        using var crashed = directory.Copy();
        using var reopened = crashed.Open();
        using var again = bus.Shipper(reopened, Quick);
        await again.StartAsync(Cancellation);
        await Eventually.UntilAsync(
            () => bus.Usage.Sum(x => x.Batch.Events.Count) == 200, Deadline, "all came twice", Cancellation);
        Assert.Equal(100, bus.UsageBySequence().Count);
        Assert.Equal(bus.Usage.Count, 2 * bus.Usage.Select(x => x.MessageId).Distinct().Count());
        await again.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_call_may_wait_until_the_broker_has_its_usage_but_not_for_ever()
    {
        var servers = await TestServers.SharedAsync();
        await using var bus = await ShippedEvents.StartAsync(await servers.CreateVirtualHostAsync());
        using var directory = new SpoolDirectory();
        using var patient = directory.Open(new SpoolOptions
        {
            Durability = SpoolDurability.Confirm,
            ConfirmPatience = TimeSpan.FromMinutes(1),
        });
        var written = RecordAsync(patient, 1);
        await patient.Money.FlushedAsync(patient.Money.Appended);
        Assert.False(written.IsCompleted);
        using var shipper = bus.Shipper(patient, Quick);
        await shipper.StartAsync(Cancellation);
        await written.WaitAsync(Deadline, Cancellation);
        await Eventually.UntilAsync(() => bus.UsageBySequence().Count == 1, Deadline, "it arrived", Cancellation);
        await shipper.StopAsync(Cancellation);

        using var elsewhere = new SpoolDirectory();
        using var hurried = elsewhere.Open(new SpoolOptions
        {
            Durability = SpoolDurability.Confirm,
            ConfirmPatience = TimeSpan.FromMilliseconds(100),
        });
        await RecordAsync(hurried, 1).WaitAsync(Deadline, Cancellation);
        Assert.Equal(2, hurried.PendingEvents);
    }

    [Fact]
    public async Task A_stop_ships_what_is_left()
    {
        var servers = await TestServers.SharedAsync();
        await using var bus = await ShippedEvents.StartAsync(await servers.CreateVirtualHostAsync());
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(new SpoolOptions { Durability = SpoolDurability.Os });
        using var shipper = bus.Shipper(spool, Quick);
        await shipper.StartAsync(Cancellation);
        await RecordAsync(spool, 10);
        await Eventually.UntilAsync(() => spool.PendingEvents == 0, Deadline, "it is under way", Cancellation);
        await RecordAsync(spool, 500);
        await shipper.StopAsync(Cancellation);
        Assert.Equal(0, spool.PendingEvents);
    }

    private static ShipperOptions Options(TimeSpan publishTimeout) => new()
    {
        MaxEnvelopeEvents = 64,
        Linger = TimeSpan.FromMilliseconds(10),
        PublishTimeout = publishTimeout,
        RetryAfter = TimeSpan.FromMilliseconds(50),
        RetryAtMost = TimeSpan.FromMilliseconds(200),
    };

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue) => channel.QueueDeclareAsync(
        queue,
        durable: true,
        exclusive: false,
        autoDelete: false,
        arguments: new Dictionary<string, object?> { ["x-queue-type"] = "classic" },
        cancellationToken: Cancellation);

    private static async Task<bool> ExchangeExistsAsync(string broker)
    {
        var factory = new ConnectionFactory { Uri = new Uri(broker) };
        await using var connection = await factory.CreateConnectionAsync(Cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancellation);
        await channel.ExchangeDeclarePassiveAsync("LlmPlatform.Contracts.Usage:UsageRecordedBatch", Cancellation);
        return true;
    }

    private static async Task RecordAsync(UsageSpool spool, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            var request = Recorded.NewRequest();
            spool.RecordIntent(Recorded.Intent(request));
            await spool.RecordUsageAsync(Recorded.Usage(request));
            spool.RecordCompletion(Recorded.Completion(request), admitted: true);
        }
    }
}
