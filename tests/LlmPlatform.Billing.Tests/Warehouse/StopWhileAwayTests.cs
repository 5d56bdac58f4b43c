using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using RabbitMQ.Client;

namespace LlmPlatform.Billing.Tests.Warehouse;

public sealed class StopWhileAwayTests
{
    [Fact]
    public async Task Usage_that_waits_for_the_warehouse_goes_back_to_its_queue_when_billing_stops()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var servers = await PrivateServers.StartEphemeralAsync(RealServer.ClickHouse);
        var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), clickHouse: servers.ClickHouse);
        var broker = billing.RabbitMq;
        await servers.KillAsync(RealServer.ClickHouse);
        await billing.PublishAsync([Usages.Envelope(1, Usages.Event()), Usages.Envelope(2, Usages.Event())]);

        await using var connection = await new ConnectionFactory { Uri = new Uri(broker) }
            .CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        await Eventually.UntilAsync(
            async () => await channel.MessageCountAsync(BillingReplica.Queue, cancellation) == 0,
            TimeSpan.FromSeconds(60), "the messages are being worked on", cancellation);

        await billing.DisposeAsync();
        await Eventually.UntilAsync(
            async () => await channel.MessageCountAsync(BillingReplica.Queue, cancellation) == 2,
            TimeSpan.FromSeconds(60), "the messages are back in the queue", cancellation);
    }
}
