using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Messaging.Tests;

public sealed class OutboxTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_leaves_only_if_its_transaction_commits()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        await AddInTransactionAsync(host, number: 1, commit: false);
        await AddInTransactionAsync(host, number: 2, commit: true);

        var deliveries = await host.Received.AtLeastAsync(1);
        await host.EmptiedAsync<FirstDbContext>();

        Assert.Equal(2, Assert.Single(deliveries).Message.Number);
        Assert.Equal(["thing 2"], await ThingsAsync(host));
    }

    [Fact]
    public async Task A_commit_wakes_the_dispatcher_without_a_poll()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateServersAsync(), options => options.PollInterval = TimeSpan.FromMinutes(1));
        await host.PublishLaterAsync<FirstDbContext>(1);
        await host.Received.AtLeastAsync(1);
        await AddInTransactionAsync(host, number: 2, commit: true);
        await host.Received.AtLeastAsync(2);
    }

    [Fact]
    public async Task Ids_and_content_arrive_as_they_were_given()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        var (messageId, correlationId) = (Guid.NewGuid(), Guid.NewGuid());
        var message = new SomethingHappened { Number = 7, Note = "å\0\"{}" };
        await host.InScopeAsync(provider =>
        {
            provider.GetRequiredService<IOutbox<FirstDbContext>>().Add(message, messageId, correlationId);
            return provider.GetRequiredService<FirstDbContext>().SaveChangesAsync(Token);
        });

        var delivery = Assert.Single(await host.Received.AtLeastAsync(1));

        Assert.Equal((messageId, correlationId, message),
            (delivery.MessageId, delivery.CorrelationId, delivery.Message));
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_parked_and_blocks_nothing()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        await InsertBadRowsAsync(host);
        await host.PublishLaterAsync<FirstDbContext>(1, 2);

        await host.Received.AtLeastAsync(2);

        var parked = await TestKit.Eventually.UntilAsync(
            () => host.RowsAsync<FirstDbContext>(),
            rows => rows.Count == 2 && rows.All(row => row.ParkedReason is not null),
            TimeSpan.FromSeconds(60), "the two bad rows are parked and the good ones gone", Token);
        Assert.Contains("Gone.Away", parked[0].ParkedReason, StringComparison.Ordinal);
        Assert.Contains("cannot be read", parked[1].ParkedReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_outside_the_registered_contracts_is_refused_at_once()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        await host.InScopeAsync(provider =>
        {
            var outbox = provider.GetRequiredService<IOutbox<FirstDbContext>>();
            var refusal = Assert.Throws<InvalidOperationException>(() => outbox.Add("not a contract"));
            Assert.Contains("AddMessageContracts", refusal.Message, StringComparison.Ordinal);
            return Task.FromResult(true);
        });
    }

    [Fact]
    public async Task A_trace_goes_through_the_outbox()
    {
        using var source = new ActivitySource("LlmPlatform.Messaging.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = heard => heard.Name is "MassTransit" or MessagingTelemetry.Name || heard == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        string traceId;
        using (var activity = source.StartActivity("request")!)
        {
            traceId = activity.TraceId.ToString();
            await host.PublishLaterAsync<FirstDbContext>(1);
        }

        Assert.Equal(traceId, Assert.Single(await host.Received.AtLeastAsync(1)).TraceId);
    }

    private static Task<bool> AddInTransactionAsync(MessagingHost host, int number, bool commit) =>
        host.InScopeAsync(async provider =>
        {
            var context = provider.GetRequiredService<FirstDbContext>();
            await using var transaction = await context.Database.BeginTransactionAsync(Token);
            context.Things.Add(new Thing { Name = $"thing {number}" });
            provider.GetRequiredService<IOutbox<FirstDbContext>>().Add(new SomethingHappened { Number = number });
            await context.SaveChangesAsync(Token);
            if (commit)
                await transaction.CommitAsync(Token);
            return commit;
        });

    private static Task<List<string>> ThingsAsync(MessagingHost host) =>
        host.InScopeAsync(provider =>
            provider.GetRequiredService<FirstDbContext>().Things.Select(thing => thing.Name).ToListAsync(Token));

    private static Task<int> InsertBadRowsAsync(MessagingHost host) =>
        host.InScopeAsync(provider => provider.GetRequiredService<FirstDbContext>().Database.ExecuteSqlAsync(
            $"""
            INSERT INTO first.outbox_message (message_id, message_type, body, created_at, attempts) VALUES
            (gen_random_uuid(), 'Gone.Away', '1', now(), 0),
            (gen_random_uuid(), {typeof(SomethingHappened).FullName}, '[not json', now(), 0)
            """,
            Token));
}
