using LlmPlatform.Audit.Trail;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Audit.Tests.Trail;

public sealed class AdminChangeRecordedConsumerTests
{
    [Fact]
    public async Task A_change_that_arrives_five_times_is_recorded_once()
    {
        var vhost = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await AuditReplica.StartAsync(postgres, vhost);

        for (var repeat = 0; repeat < 5; repeat++)
            await replica.Bus.Publish(Events.Change(1), TestContext.Current.CancellationToken);
        await replica.Bus.Publish(Events.Change(2), TestContext.Current.CancellationToken);

        await Eventually.UntilAsync(
            async () => (await replica.VerifyAsync()).Count == 2,
            TimeSpan.FromSeconds(60),
            "Both changes are in the trail",
            TestContext.Current.CancellationToken);
        await using var database = AuditReplica.Open(postgres);
        var record = await database.Records.SingleAsync(
            record => record.Resource == "key:number-1", TestContext.Current.CancellationToken);
        Assert.Equal(
            (RecordKinds.AdminChange, "master", "key.created"), (record.Kind, record.Actor, record.Action));
    }
}
