using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Messaging.Tests;

public sealed class PostgresSagaRepositoryTests
{
    private readonly Guid _periodId = Guid.NewGuid();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_creators_make_one_instance_that_speaks_once()
    {
        const int Creators = 50;
        await using var host = await StartAsync();
        var handled = new HandledCount<PeriodOpened>();
        using var connected = host.Services.GetRequiredService<IBusControl>().ConnectConsumeMessageObserver(handled);
        await Task.WhenAll(Enumerable.Range(0, Creators).Select(_ => PublishAsync(host, Opened())));
        await TestKit.Eventually.UntilAsync(
            () => handled.Count == Creators, TimeSpan.FromSeconds(60), "every creator came to an end", Token);

        await UntilAsync(host, periods => periods is [{ Openings: 1 }]);
        await host.EmptiedAsync<FirstDbContext>();
        Assert.Equal("opened", Assert.Single(await host.Received.AtLeastAsync(1)).Message.Note);
        Assert.Empty(Faults(host).All);
    }

    [Fact]
    public async Task A_message_delivered_twice_changes_the_instance_once()
    {
        await using var host = await StartAsync();
        var handled = new HandledCount<PeriodOpened>();
        using var connected = host.Services.GetRequiredService<IBusControl>().ConnectConsumeMessageObserver(handled);
        var messageId = Guid.NewGuid();
        await PublishAsync(host, Opened(), messageId);
        await PublishAsync(host, Opened(), messageId);
        await TestKit.Eventually.UntilAsync(
            () => handled.Count == 2, TimeSpan.FromSeconds(60), "both deliveries came to an end", Token);
        await PublishAsync(host, new AmountAdded { PeriodId = _periodId, Amount = 5 });
        await UntilAsync(host, periods => periods is [{ Openings: 1, Sum: 5 }]);
    }

    [Fact]
    public async Task No_change_is_lost_when_many_messages_meet_at_one_instance()
    {
        await using var host = await StartAsync();
        await PublishAsync(host, Opened());
        await UntilAsync(host, periods => periods is [_]);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(amount =>
            PublishAsync(host, new AmountAdded { PeriodId = _periodId, Amount = amount })));

        await UntilAsync(host, periods => periods is [{ Sum: 820 }]);

        // Each message saw the sum that the one before it had left, so the sums published all differ.
        var deliveries = await host.Received.AtLeastAsync(41);
        Assert.Equal(41, deliveries.Select(delivery => delivery.Message.Number).Distinct().Count());
    }

    [Fact]
    public async Task A_fault_after_a_publish_leaves_neither_the_state_nor_the_message()
    {
        await using var host = await StartAsync();
        await PublishAsync(host, Opened());
        await UntilAsync(host, periods => periods is [_]);

        await PublishAsync(host, new AmountAdded { PeriodId = _periodId, Amount = -1 });
        await TestKit.Eventually.UntilAsync(
            () => Faults(host).All.Count == 1, TimeSpan.FromSeconds(60), "the message ends in the error queue", Token);
        await PublishAsync(host, new AmountAdded { PeriodId = _periodId, Amount = 5 });

        await UntilAsync(host, periods => periods is [{ Sum: 5 }]);
        await host.EmptiedAsync<FirstDbContext>();
        var numbers = (await host.Received.AtLeastAsync(2)).Select(delivery => delivery.Message.Number);
        Assert.Equal([0, 5], numbers.Order());
    }

    [Fact]
    public async Task What_a_saga_publishes_waits_in_the_outbox_of_its_own_context()
    {
        // Without a dispatcher: what arrives all the same went round the outbox.
        await using var host = await StartAsync(services =>
        {
            foreach (var dispatcher in services
                .Where(service => service.ImplementationType == typeof(OutboxDispatcher<FirstDbContext>)).ToArray())
                services.Remove(dispatcher);
        });
        await PublishAsync(host, Opened());
        await UntilAsync(host, periods => periods is [_]);

        var row = Assert.Single(await host.RowsAsync<FirstDbContext>());

        Assert.Equal(typeof(SomethingHappened).FullName, row.MessageType);
        Assert.NotNull(row.ConversationId);
        Assert.Equal(_periodId, row.InitiatorId);
        Assert.Empty(host.Received.All);
        Assert.Empty(await host.RowsAsync<SecondDbContext>());
    }

    [Fact]
    public async Task A_completed_instance_is_gone_and_its_last_word_reaches_the_queue_it_was_sent_to()
    {
        await using var host = await StartAsync();
        await PublishAsync(host, Opened());
        await UntilAsync(host, periods => periods is [_]);
        await PublishAsync(host, new PeriodEnded { PeriodId = _periodId });

        await UntilAsync(host, periods => periods.Count == 0);

        // What the state machine wrote to the service's context, which it finds in the payload, came with it.
        Assert.Equal(1, await host.InScopeAsync(provider =>
            provider.GetRequiredService<FirstDbContext>().Things.CountAsync(Token)));
        var notes = (await host.Received.AtLeastAsync(2)).Select(delivery => delivery.Message.Note);
        Assert.Equal(["ended", "opened"], notes.Order());
    }

    [Fact]
    public async Task A_message_correlated_by_query_reaches_every_instance_that_matches()
    {
        await using var host = await StartAsync();
        foreach (var (id, name) in new[] { (_periodId, "acme"), (Guid.NewGuid(), "acme"), (Guid.NewGuid(), "other") })
            await PublishAsync(host, new PeriodOpened { PeriodId = id, Name = name });
        await UntilAsync(host, periods => periods.Count == 3);

        await PublishAsync(host, new BonusGranted { Name = "acme", Amount = 3 });

        await UntilAsync(host, periods => periods.Count(period => period is { Name: "acme", Sum: 3 }) == 2);
        Assert.Equal(0, Assert.Single(await PeriodsAsync(host), period => period.Name == "other").Sum);
    }

    private static async Task<MessagingHost> StartAsync(Action<IServiceCollection>? services = null) =>
        await MessagingHost.StartAsync(
            await MessagingHost.CreateServersAsync(),
            services: collection =>
            {
                collection.AddSingleton<Faults>();
                services?.Invoke(collection);
            },
            bus: bus =>
            {
                bus.AddConsumer<FaultConsumer>();
                bus.AddSagaStateMachine<PeriodStateMachine, PeriodState>()
                    .PostgresRepository<FirstDbContext, PeriodState>();
            });

    private static Task PublishAsync<T>(MessagingHost host, T message, Guid? messageId = null)
        where T : class =>
        host.Services.GetRequiredService<IBus>().Publish(
            message, context => context.MessageId = messageId ?? context.MessageId, Token);

    private static Task<List<PeriodState>> PeriodsAsync(MessagingHost host) =>
        host.InScopeAsync(provider => provider.GetRequiredService<FirstDbContext>().Set<PeriodState>().AsNoTracking()
            .ToListAsync(Token));

    private static Task<List<PeriodState>> UntilAsync(MessagingHost host, Func<List<PeriodState>, bool> asExpected) =>
        TestKit.Eventually.UntilAsync(
            () => PeriodsAsync(host), asExpected, TimeSpan.FromSeconds(60), "the periods are as expected", Token);

    private PeriodOpened Opened() => new() { PeriodId = _periodId, Name = "acme" };

    private static Faults Faults(MessagingHost host) => host.Services.GetRequiredService<Faults>();
}
