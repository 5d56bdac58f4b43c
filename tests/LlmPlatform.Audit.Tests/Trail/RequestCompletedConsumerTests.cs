using LlmPlatform.Contracts.Requests;
using LlmPlatform.Money;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Audit.Tests.Trail;

public sealed class RequestCompletedConsumerTests
{
    [Fact]
    public async Task Envelopes_that_arrive_twice_and_shuffled_at_two_replicas_leave_one_record_for_each_request()
    {
        var vhost = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var one = await AuditReplica.StartAsync(postgres, vhost);
        await using var other = await AuditReplica.StartAsync(postgres, vhost);
        RequestCompletedBatch[] envelopes = [.. Enumerable.Range(0, 40).Select(Envelope)];
        RequestCompletedBatch[] published = [.. envelopes, .. envelopes];
        Random.Shared.Shuffle(published);

        await Task.WhenAll(published.Select(envelope =>
            one.Bus.Publish(envelope, TestContext.Current.CancellationToken)));

        var verified = await Eventually.UntilAsync(
            () => one.VerifyAsync(),
            response => response.Count == 400,
            TimeSpan.FromSeconds(60),
            "Every request is in the trail",
            TestContext.Current.CancellationToken);
        Assert.True(verified.Ok, verified.Fault?.ToString());
    }

    [Fact]
    public async Task What_arrives_while_the_database_is_away_waits_and_is_recorded_when_it_is_back()
    {
        await using var servers = await PrivateServers.StartAsync(RealServer.Postgres);
        var postgres = await AuditReplica.MigrateAsync(servers.Postgres);
        var vhost = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        await using var replica = await AuditReplica.StartAsync(postgres, vhost);
        await servers.KillAsync(RealServer.Postgres);

        // No retry is set up on this bus: an attempt that failed would have put the message aside.
        await replica.Bus.Publish(Envelope(0), TestContext.Current.CancellationToken);
        await replica.Bus.Publish(Events.Change(1), TestContext.Current.CancellationToken);
        await Eventually.UntilAsync(
            () => replica.Log.Count(line => line.Contains("waits until it does", StringComparison.Ordinal)) == 2,
            TimeSpan.FromSeconds(60),
            "Both consumers have met the outage",
            TestContext.Current.CancellationToken);
        await servers.RestartAsync(RealServer.Postgres);

        var verified = await Eventually.UntilAsync(
            () => replica.VerifyAsync(),
            response => response.Count == 11,
            TimeSpan.FromSeconds(60),
            "All of it is in the trail",
            TestContext.Current.CancellationToken);
        Assert.True(verified.Ok, verified.Fault?.ToString());
    }

    private static RequestCompletedBatch Envelope(int number) => new()
    {
        EdgeId = EventIdentity.Named("edge"),
        Epoch = 1,
        FirstSequence = (number * 10) + 1,
        Events = [.. Enumerable.Range((number * 10) + 1, 10).Select(request => Events.Request(request))],
    };
}
