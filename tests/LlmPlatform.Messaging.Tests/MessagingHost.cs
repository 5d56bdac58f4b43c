using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Messaging.Tests;

/// <summary>One process of the platform: two modules with a context each, and the bus they share.</summary>
internal sealed class MessagingHost : IAsyncDisposable
{
    private readonly IHost _host;

    private MessagingHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public Received Received => Services.GetRequiredService<Received>();

    /// <summary>An empty database and virtual host of this test alone, with the tables of both contexts.</summary>
    public static async Task<Servers> CreateServersAsync(string? rabbitMq = null)
    {
        var shared = await TestServers.SharedAsync();
        var servers = new Servers(
            await shared.CreateDatabaseAsync(TestContext.Current.CancellationToken),
            rabbitMq ?? await shared.CreateVirtualHostAsync());
        await using var first = new FirstDbContext(
            ServiceDatabase.OptionsFor<FirstDbContext>(servers.Postgres, "first"));
        await using var second = new SecondDbContext(
            ServiceDatabase.OptionsFor<SecondDbContext>(servers.Postgres, "second"));
        foreach (var context in new DbContext[] { first, second })
            await context.GetService<IRelationalDatabaseCreator>()
                .CreateTablesAsync(TestContext.Current.CancellationToken);
        return servers;
    }

    public static async Task<MessagingHost> StartAsync(
        Servers servers,
        Action<OutboxOptions>? outbox = null,
        Action<IServiceCollection>? services = null,
        Action<IBusRegistrationConfigurator>? bus = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<Received>();
        builder.Services.AddMessageContracts(typeof(SomethingHappened).Assembly);
        builder.Services.AddServiceDatabase<FirstDbContext>(servers.Postgres, "first");
        builder.Services.AddServiceDatabase<SecondDbContext>(servers.Postgres, "second");
        builder.Services.AddOutbox<FirstDbContext>(Fast);
        builder.Services.AddOutbox<SecondDbContext>(Fast);
        builder.Services.AddInbox<FirstDbContext>();
        services?.Invoke(builder.Services);
        builder.Services.AddMassTransit(configurator =>
        {
            configurator.DisableUsageTelemetry();
            configurator.AddConsumer<RecordingConsumer>();
            bus?.Invoke(configurator);
            configurator.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(servers.RabbitMq));
                broker.PrefetchCount = 64;
                broker.UseMessageRetry(retry => retry.Interval(20, TimeSpan.FromMilliseconds(20)));
                broker.ConfigureEndpoints(context);
            });
        });
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);

        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new MessagingHost(host);

        void Fast(OutboxOptions options)
        {
            options.PollInterval = TimeSpan.FromMilliseconds(50);
            options.BackoffMax = TimeSpan.FromMilliseconds(500);
            outbox?.Invoke(options);
        }
    }

    /// <summary>Runs a unit of work in a scope of its own, as a request or a consumer would.</summary>
    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public Task PublishLaterAsync<TContext>(params int[] numbers)
        where TContext : DbContext =>
        InScopeAsync(async provider =>
        {
            foreach (var number in numbers)
                provider.GetRequiredService<IOutbox<TContext>>().Add(new SomethingHappened { Number = number });
            return await provider.GetRequiredService<TContext>()
                .SaveChangesAsync(TestContext.Current.CancellationToken);
        });

    /// <summary>The rows that still are in the outbox.</summary>
    public Task<List<OutboxMessage>> RowsAsync<TContext>()
        where TContext : DbContext =>
        InScopeAsync(provider => provider.GetRequiredService<TContext>().Set<OutboxMessage>().AsNoTracking()
            .OrderBy(row => row.Id).ToListAsync(TestContext.Current.CancellationToken));

    public Task EmptiedAsync<TContext>()
        where TContext : DbContext =>
        TestKit.Eventually.UntilAsync(
            async () => (await RowsAsync<TContext>()).Count == 0,
            TimeSpan.FromSeconds(150),
            $"the outbox of {typeof(TContext).Name} is empty",
            TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    internal sealed record Servers(string Postgres, string RabbitMq);
}
