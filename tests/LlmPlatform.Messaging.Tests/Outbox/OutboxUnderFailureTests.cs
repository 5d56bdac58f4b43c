using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Messaging.Tests;

public sealed class OutboxUnderFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dispatcher_cut_off_between_publish_and_delete_sends_again_under_the_same_id()
    {
        var servers = await MessagingHost.CreateServersAsync();
        await using var host = await MessagingHost.StartAsync(servers);
        var cut = new CutConnectionAfterFirstPublish(servers.Postgres);
        using var connected = host.Services.GetRequiredService<IBusControl>().ConnectPublishObserver(cut);
        await host.PublishLaterAsync<FirstDbContext>(1);

        var deliveries = await host.Received.AtLeastAsync(2);
        await host.EmptiedAsync<FirstDbContext>();

        Assert.Equal(1, cut.ConnectionsCut);
        Assert.Single(deliveries.Select(delivery => delivery.MessageId).Distinct());
    }

    [Fact]
    public async Task Racing_dispatchers_send_each_row_and_none_twice()
    {
        const int Rows = 300;
        var servers = await MessagingHost.CreateServersAsync();
        await using var one = await MessagingHost.StartAsync(servers, options => options.BatchSize = 7);
        await using var two = await MessagingHost.StartAsync(servers, options => options.BatchSize = 7);
        await Task.WhenAll(
            one.PublishLaterAsync<FirstDbContext>([.. Enumerable.Range(0, Rows / 2)]),
            two.PublishLaterAsync<FirstDbContext>([.. Enumerable.Range(Rows / 2, Rows / 2)]));
        await one.EmptiedAsync<FirstDbContext>();

        var deliveries = await TestKit.Eventually.UntilAsync(
            () => Task.FromResult<List<Received.Delivery>>([.. one.Received.All, .. two.Received.All]),
            seen => seen.Count >= Rows, TimeSpan.FromSeconds(60), "every row is delivered", Token);

        Assert.Equal(Enumerable.Range(0, Rows), deliveries.Select(delivery => delivery.Message.Number).Order());
    }

    [Fact]
    public async Task Rows_wait_while_the_broker_is_away_and_leave_when_it_is_back()
    {
        await using var broker = await PrivateServers.StartAsync(RealServer.RabbitMq);
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateServersAsync(broker.RabbitMq),
            options => options.PublishTimeout = TimeSpan.FromMilliseconds(300));
        await broker.KillAsync(RealServer.RabbitMq);
        await host.PublishLaterAsync<FirstDbContext>(1, 2, 3);
        await TestKit.Eventually.UntilAsync(
            async () => (await host.RowsAsync<FirstDbContext>()).Sum(row => row.Attempts) >= 5,
            TimeSpan.FromSeconds(60), "the rows were tried", Token);
        Assert.Equal(3, (await host.RowsAsync<FirstDbContext>()).Count);
        Assert.Empty(host.Received.All);

        await broker.RestartAsync(RealServer.RabbitMq);

        await host.EmptiedAsync<FirstDbContext>();
        var deliveries = await host.Received.AtLeastAsync(3);
        Assert.Equal([1, 2, 3], deliveries.Select(delivery => delivery.Message.Number).Distinct().Order());
    }

    /// <summary>The broker has confirmed and the rows are not deleted yet: the moment a process may die in.</summary>
    private sealed class CutConnectionAfterFirstPublish(string postgres) : IPublishObserver
    {
        public int ConnectionsCut { get; private set; }

        public Task PrePublish<T>(PublishContext<T> context)
            where T : class => Task.CompletedTask;

        public async Task PostPublish<T>(PublishContext<T> context)
            where T : class
        {
            if (ConnectionsCut > 0)
                return;

            await using var source = NpgsqlDataSource.Create(postgres);
            await using var cut = source.CreateCommand(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%first%'
                """);
            ConnectionsCut = (int)(long)(await cut.ExecuteScalarAsync(context.CancellationToken))!;
        }

        public Task PublishFault<T>(PublishContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
