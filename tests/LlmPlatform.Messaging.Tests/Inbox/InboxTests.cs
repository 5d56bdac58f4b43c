using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Messaging.Tests;

public sealed class InboxTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_duplicates_have_one_effect()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        var messageId = Guid.NewGuid();

        var ran = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => HandleAsync(host, messageId, "consumer")));

        Assert.Single(ran, handled => handled);
        Assert.Equal(1, await ThingsAsync(host));
        await host.EmptiedAsync<FirstDbContext>();
        Assert.Single(await host.Received.AtLeastAsync(1));
        Assert.False(await HandleAsync(host, messageId, "consumer"));
    }

    [Fact]
    public async Task An_effect_that_fails_leaves_nothing_and_runs_at_the_next_delivery()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        var messageId = Guid.NewGuid();

        await Assert.ThrowsAsync<TimeoutException>(() =>
            HandleAsync(host, messageId, "consumer", afterwards: () => throw new TimeoutException()));
        Assert.Equal(0, await ThingsAsync(host));
        Assert.Empty(await host.RowsAsync<FirstDbContext>());

        Assert.True(await HandleAsync(host, messageId, "consumer"));
        Assert.Equal(1, await ThingsAsync(host));
        Assert.Single(await host.Received.AtLeastAsync(1));
    }

    [Fact]
    public async Task A_scope_that_is_used_again_after_a_failure_does_not_save_the_failed_effect()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        await host.InScopeAsync(async provider =>
        {
            var context = provider.GetRequiredService<FirstDbContext>();
            var inbox = provider.GetRequiredService<IInbox<FirstDbContext>>();
            await Assert.ThrowsAsync<TimeoutException>(() => inbox.HandleOnceAsync(
                Guid.NewGuid(),
                "consumer",
                _ =>
                {
                    context.Things.Add(new Thing { Name = "half done" });
                    throw new TimeoutException();
                },
                Token));
            return await context.SaveChangesAsync(Token);
        });
        Assert.Equal(0, await ThingsAsync(host));
    }

    [Fact]
    public async Task Two_consumers_of_a_message_each_handle_it_once()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        var messageId = Guid.NewGuid();
        Assert.True(await HandleAsync(host, messageId, "one"));
        Assert.True(await HandleAsync(host, messageId, "two"));
        Assert.False(await HandleAsync(host, messageId, "one"));
        Assert.Equal(2, await ThingsAsync(host));
    }

    [Fact]
    public async Task The_sweep_forgets_what_is_older_than_the_retention_and_nothing_else()
    {
        var servers = await MessagingHost.CreateServersAsync();
        await using var host = await MessagingHost.StartAsync(servers);
        var (old, recent) = (Guid.NewGuid(), Guid.NewGuid());
        await HandleAsync(host, recent, "consumer");
        await host.InScopeAsync(provider => provider.GetRequiredService<FirstDbContext>().Database.ExecuteSqlAsync(
            $"""
            INSERT INTO first.inbox_message SELECT gen_random_uuid(), 'bulk', now() - interval '8 days'
            FROM generate_series(1, 25);
            INSERT INTO first.inbox_message VALUES ({old}, 'consumer', now() - interval '8 days')
            """,
            Token));

        // The sweep begins with the host: a second replica finds the old rows.
        await using var replica = await MessagingHost.StartAsync(servers, services: services =>
            services.AddInbox<FirstDbContext>(options => options.SweepBatchSize = 10));

        var left = await TestKit.Eventually.UntilAsync(
            () => host.InScopeAsync(provider => provider.GetRequiredService<FirstDbContext>().Set<InboxMessage>()
                .Select(message => message.MessageId).ToListAsync(Token)),
            messages => messages.Count <= 1, TimeSpan.FromSeconds(60), "the old rows are gone", Token);
        Assert.Equal([recent], left);
    }

    private static Task<bool> HandleAsync(
        MessagingHost host, Guid messageId, string consumer, Action? afterwards = null) =>
        host.InScopeAsync(provider => provider.GetRequiredService<IInbox<FirstDbContext>>().HandleOnceAsync(
            messageId,
            consumer,
            _ =>
            {
                provider.GetRequiredService<FirstDbContext>().Things.Add(new Thing { Name = consumer });
                provider.GetRequiredService<IOutbox<FirstDbContext>>().Add(new SomethingHappened { Number = 1 });
                afterwards?.Invoke();
                return Task.CompletedTask;
            },
            Token));

    private static Task<int> ThingsAsync(MessagingHost host) =>
        host.InScopeAsync(provider => provider.GetRequiredService<FirstDbContext>().Things.CountAsync(Token));
}
