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

    private static RequestCompletedBatch Envelope(int number) => new()
    {
        EdgeId = EventIdentity.Named("edge"),
        Epoch = 1,
        FirstSequence = (number * 10) + 1,
        Events = [.. Enumerable.Range((number * 10) + 1, 10).Select(request => Events.Request(request))],
    };
}
