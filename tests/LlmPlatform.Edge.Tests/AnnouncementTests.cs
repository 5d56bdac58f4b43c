using System.Net;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Tests;

/// <summary>
/// <see cref="RoutingSnapshotPublishedConsumer"/>, <see cref="LimitsChangedConsumer"/> and
/// <see cref="PriceBookPublishedConsumer"/>, with an owner that counts how often it is asked and a poll that never
/// comes.
/// <c>KeysChangedConsumer</c> looks at the database: see the key life cycle.
/// </summary>
public sealed class AnnouncementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task An_announced_route_is_pulled_once_however_often_it_is_announced() =>
        IsPulledOnceAsync<RoutingSnapshot, RoutingSnapshotPublishedConsumer>(
            new SnapshotSource<RoutingSnapshot>("routing", "router", snapshot => snapshot.Version),
            version => new RoutingSnapshot { Version = version, Providers = [], Models = [] },
            version => new RoutingSnapshotPublished { Version = version });

    [Fact]
    public Task An_announced_limit_is_pulled_once_however_often_it_is_announced() =>
        IsPulledOnceAsync<LimitsSnapshot, LimitsChangedConsumer>(
            LimitsSnapshots.Source,
            version => new LimitsSnapshot { Version = version },
            version => new LimitsChanged { Version = version });

    [Fact]
    public Task An_announced_price_book_is_pulled_once_however_often_it_is_announced() =>
        IsPulledOnceAsync<PriceBookSnapshot, PriceBookPublishedConsumer>(
            new SnapshotSource<PriceBookSnapshot>("prices", "billing", snapshot => snapshot.Version),
            version => new PriceBookSnapshot { Version = version, Prices = [] },
            version => new PriceBookPublished { Version = version });

    private static async Task IsPulledOnceAsync<TSnapshot, TConsumer>(
        SnapshotSource<TSnapshot> source, Func<long, TSnapshot> make, Func<long, object> announce)
        where TSnapshot : class
        where TConsumer : class, IConsumer
    {
        var owner = new Owner<TSnapshot> { Current = make(1) };
        await using var server = await owner.StartAsync();
        using var data = new TemporaryDirectory();
        await using var edge = Follow<TSnapshot, TConsumer>(source, owner.Url, data.Path);
        var feed = edge.GetRequiredService<SnapshotFeed<TSnapshot>>();
        var bus = edge.GetRequiredService<IBusControl>();
        await bus.StartAsync(Stop);
        await feed.StartAsync(Stop);
        await feed.FirstAsync(Stop);

        owner.Current = make(2);
        await bus.Publish(announce(2), Stop);
        await Eventually.UntilAsync(() => source.VersionOf(feed.Current!) == 2, Patience, "version 2 is pulled", Stop);
        var asked = owner.Asked;
        await bus.Publish(announce(2), Stop);
        await bus.Publish(announce(2), Stop);
        owner.Current = make(3);
        await bus.Publish(announce(3), Stop);
        await Eventually.UntilAsync(() => source.VersionOf(feed.Current!) == 3, Patience, "version 3 is pulled", Stop);

        Assert.Equal(asked + 1, owner.Asked);
        await feed.StopAsync(Stop);
        await bus.StopAsync(Stop);
    }

    private static ServiceProvider Follow<TSnapshot, TConsumer>(
        SnapshotSource<TSnapshot> source, Uri owner, string data)
        where TSnapshot : class
        where TConsumer : class, IConsumer
    {
        LogContext.Current = null;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new SnapshotOptions { PollInterval = TimeSpan.FromMinutes(10) });
        services.AddSingleton(new PlatformEnvironment { DataDirectory = data, Listen = owner });
        services.AddSnapshotFeed(source);
        services.AddMassTransit(bus =>
        {
            bus.AddConsumer<TConsumer>();
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        return services.BuildServiceProvider();
    }

    private sealed class Owner<TSnapshot>
    {
        private int _asked;

        public required TSnapshot Current { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public Uri Url { get; private set; } = new("http://127.0.0.1");

        public async Task<WebApplication> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            app.Run(http =>
            {
                Interlocked.Increment(ref _asked);
                return http.Response.WriteAsJsonAsync(Current, SnapshotFeeds.Json);
            });
            await app.StartAsync(Stop);
            Url = new Uri(app.Urls.Single());
            return app;
        }
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("llm-platform-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
