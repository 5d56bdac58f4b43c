using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Deliveries;

public sealed class BudgetThresholdCrossedConsumerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_crossing_that_arrives_fifty_times_and_again_after_a_restart_is_told_once_on_each_channel()
    {
        await using var slack = await SlackSink.StartAsync();
        await using var mail = SmtpSink.Start();
        var configuration = new ChangingConfiguration(Sample.Slack(slack), Sample.Mail(mail.Port));
        var postgres = await AlertingReplica.CreateDatabaseAsync();
        var vhost = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        var crossing = Sample.Crossing(channels: ["ops-slack", "finance-mail", "ops-slack"]);

        await using (var one = await AlertingReplica.StartAsync(postgres, configuration, vhost))
        await using (var other = await AlertingReplica.StartAsync(postgres, configuration, vhost))
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
                one.Bus.Publish(crossing, TestContext.Current.CancellationToken)));
            // And it is noted: what a process was told to stop in the middle of is sent again.
            await Eventually.UntilAsync(
                async () => (await one.DeliveriesAsync()) is { Count: 2 } deliveries
                    && deliveries.TrueForAll(delivery => delivery.State == DeliveryState.Delivered),
                Deadline, "Both channels are told", TestContext.Current.CancellationToken);
        }

        await using var restarted = await AlertingReplica.StartAsync(postgres, configuration, vhost);
        await restarted.Bus.Publish(crossing, TestContext.Current.CancellationToken);

        // The next period's crossing travels behind the repeats, so once it is told they have all been handled.
        await restarted.Bus.Publish(
            Sample.Crossing(period: "2026-12", channels: ["ops-slack", "finance-mail"]),
            TestContext.Current.CancellationToken);
        await Eventually.UntilAsync(
            () => slack.Messages.Count > 1 && mail.Messages.Count > 1,
            Deadline, "The next period's crossing is told", TestContext.Current.CancellationToken);

        Assert.Equal(2, slack.Attempts.Count);
        Assert.Equal(2, mail.Messages.Count);
        Assert.Equal(4, (await restarted.DeliveriesAsync()).Count);
    }

    [Fact]
    public async Task A_crossing_that_arrives_while_the_database_is_away_is_told_when_it_is_back()
    {
        await using var slack = await SlackSink.StartAsync();
        await using var servers = await PrivateServers.StartAsync(RealServer.Postgres);
        var postgres = await AlertingReplica.MigrateAsync(servers.Postgres);
        await using var replica = await AlertingReplica.StartAsync(
            postgres, new ChangingConfiguration(Sample.Slack(slack)));
        await servers.KillAsync(RealServer.Postgres);

        // No retry is set up on this bus: an attempt that failed would have put the message aside.
        await replica.Bus.Publish(Sample.Crossing(), TestContext.Current.CancellationToken);
        await Eventually.UntilAsync(
            () => replica.Log.Any(line => line.Contains("waits until it does", StringComparison.Ordinal)),
            Deadline, "The consumer has met the outage", TestContext.Current.CancellationToken);
        await servers.RestartAsync(RealServer.Postgres);

        await Eventually.UntilAsync(
            () => slack.Messages.Count == 1,
            Deadline, "Slack is told", TestContext.Current.CancellationToken);
    }
}
