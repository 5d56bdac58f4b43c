using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Router.Tests;

/// <summary>The router as others meet it: over HTTP and the bus, with every loop running.</summary>
public sealed class RouterReplicaTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private string _postgres = "";
    private string _rabbitMq = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await RouterReplica.CreateDatabaseAsync();
        _rabbitMq = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_changed_file_reaches_an_edge_by_its_announcement_alone()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await using var router = await RouterReplica.StartAsync(_postgres, file, _rabbitMq);
        using var edge = await StartEdgeAsync(router);
        var feed = edge.Services.GetRequiredService<SnapshotFeed<RoutingSnapshot>>();
        await feed.FirstAsync(Cancel).WaitAsync(Deadline, Cancel);

        var watch = Stopwatch.StartNew();
        await file.ChangeAsync(Files.Of(Files.Provider("a"), Files.Provider("b")));
        await Eventually.UntilAsync(
            () => feed.Current?.Providers.Count == 2, Deadline, "the edge follows the new file", Cancel);

        var took = $"The edge followed after {watch.Elapsed.TotalMilliseconds:0} ms.";
        TestContext.Current.TestOutputHelper?.WriteLine(took);
        await edge.StopAsync(Cancel);
    }

    [Fact]
    public async Task Of_two_replicas_one_publishes_and_the_other_takes_over()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        var first = await RouterReplica.StartAsync(_postgres, file, _rabbitMq);
        await HasAsync(first, 1);
        await using var second = await RouterReplica.StartAsync(_postgres, file, _rabbitMq);
        await HasAsync(second, 1);

        await file.ChangeAsync(Files.Of(Files.Provider("b")));
        await HasAsync(first, 2);
        await HasAsync(second, 2);
        await first.DisposeAsync();
        await file.ChangeAsync(Files.Of(Files.Provider("c")));
        await HasAsync(second, 3);

        Assert.Equal([1, 2, 3], await second.VersionsAsync());
    }

    [Fact]
    public async Task A_provider_that_stops_answering_is_published_as_down_and_comes_back()
    {
        await using var provider = await FakeProvider.StartAsync();
        var probed = Files.Probed("p", provider.BaseUrl) with
        {
            Health = new ProviderHealthConfiguration { Interval = TimeSpan.FromMilliseconds(100) },
        };
        var file = new ChangingConfiguration(Files.Of(probed, Files.Provider("q")));
        await using var router = await RouterReplica.StartAsync(_postgres, file, _rabbitMq);
        await HasAsync(router, 1);

        await provider.GoAwayAsync();
        await HasAsync(router, 2);
        Assert.Equal([("p", 0), ("q", 1)], UpOf(router));

        await provider.ComeBackAsync();
        await HasAsync(router, 3);
        Assert.Equal([("p", 1), ("q", 1)], UpOf(router));
    }

    [Fact]
    public async Task Operators_see_providers_models_routes_and_health_and_never_a_credential()
    {
        var off = Files.Provider("off") with { Enabled = false, DisabledReason = "OFF_KEY is not set", ApiKey = null };
        var telling = new Uri($"http://ann:{Files.Credential}@127.0.0.1:9/v1?key={Files.Credential}");
        var open = Files.Provider("open") with { BaseUrl = telling };
        var file = Files.Of(open, off, Files.Provider("b")) with
        {
            Routes =
            [
                new RouteConfiguration
                {
                    When = new RouteCondition { TenantTier = "basic", Model = new GlobList(["gpt-4*"]) },
                    Use = new RouteTarget { Model = "model-b" },
                },
            ],
        };
        await using var router = await RouterReplica.StartAsync(_postgres, new ChangingConfiguration(file), _rabbitMq);
        await HasAsync(router, 1);
        using var client = router.Operator();

        var providers = await ReadAsync(client, "/admin/v1/providers");
        Assert.Equal(["b", "off", "open"], Names(providers, "name"));
        Assert.Equal("http://127.0.0.1:9/v1", providers[2].GetProperty("base_url").GetString());
        Assert.Equal("OFF_KEY is not set", providers[1].GetProperty("disabled_reason").GetString());
        Assert.True(providers[0].GetProperty("up").GetBoolean());
        Assert.Equal(["model-b", "model-open"], Names(await ReadAsync(client, "/admin/v1/models"), "name"));
        var route = Assert.Single(await ReadAsync(client, "/admin/v1/routes"));
        Assert.Equal("basic", route.GetProperty("when").GetProperty("tenant_tier").GetString());
        Assert.Equal(["b", "open"], Names(await ReadAsync(client, "/admin/v1/health"), "provider"));
    }

    [Fact]
    public async Task Lists_come_in_pages_and_a_bad_page_is_refused()
    {
        var file = Files.Of([.. "abcde".Select(name => Files.Provider($"{name}"))]);
        await using var router = await RouterReplica.StartAsync(_postgres, new ChangingConfiguration(file), _rabbitMq);
        using var client = router.Operator();

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var path = $"/admin/v1/providers?limit=2&cursor={cursor}";
            var page = await client.GetFromJsonAsync<JsonElement>(path, Cancel);
            seen.AddRange(Names([.. page.GetProperty("items").EnumerateArray()], "name"));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(["a", "b", "c", "d", "e"], seen);
        await RefusedAsync(client, "/admin/v1/models?limit=0", "invalid_limit");
        await RefusedAsync(client, "/admin/v1/routes?cursor=!", "invalid_cursor");
    }

    [Fact]
    public async Task Explain_lists_every_candidate_in_order_with_its_reason()
    {
        var file = Files.Of(Files.Provider("a"), Files.Provider("b"));
        file = file with { Models = [file.Models[0] with { Fallbacks = ["model-b"] }, file.Models[1]] };
        await using var router = await RouterReplica.StartAsync(_postgres, new ChangingConfiguration(file), _rabbitMq);
        await HasAsync(router, 1);
        using var client = router.Operator();

        using var answer = await client.PostAsJsonAsync("/admin/v1/routes/explain", new { model = "model-a" }, Cancel);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var candidates = body.GetProperty("candidates").EnumerateArray().ToList();

        Assert.Equal(1, body.GetProperty("snapshot_version").GetInt64());
        Assert.Equal(["a", "b"], Names(candidates, "provider"));
        Assert.Equal(
            "its provider is up; a fallback through model-b; priority 1; nothing else has this priority",
            candidates[1].GetProperty("reason").GetString());
        using var unknown = await client.PostAsJsonAsync("/admin/v1/routes/explain", new { model = "no" }, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var nothing = await client.PostAsJsonAsync("/admin/v1/routes/explain", new { }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, nothing.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_told_without_the_master_key()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await using var router = await RouterReplica.StartAsync(_postgres, file, _rabbitMq);
        using var stranger = new HttpClient { BaseAddress = router.Address };

        foreach (var path in new[] { "/admin/v1/providers", "/admin/v1/health", "/internal/v1/snapshots/routing" })
        {
            using var answer = await stranger.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Without_its_database_the_router_serves_what_it_knows_and_goes_on_when_it_is_back()
    {
        await using var servers = await PrivateServers.StartEphemeralAsync(RealServer.Postgres);
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await RouterReplica.CreateDatabaseAsync(servers.Postgres);
        await using var router = await RouterReplica.StartAsync(servers.Postgres, file, _rabbitMq);
        await HasAsync(router, 1);

        await servers.StopAsync(RealServer.Postgres);
        using var edge = await StartEdgeAsync(router);
        var feed = edge.Services.GetRequiredService<SnapshotFeed<RoutingSnapshot>>();
        await feed.FirstAsync(Cancel).WaitAsync(Deadline, Cancel);
        Assert.Equal(1, feed.Current!.Version);
        using var client = router.Operator();
        using var answer = await client.GetAsync(new Uri("/admin/v1/health", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);

        await servers.RestartAsync(RealServer.Postgres);
        await file.ChangeAsync(Files.Of(Files.Provider("b")));
        await HasAsync(router, 2);
        await edge.StopAsync(Cancel);
    }

    private static Task HasAsync(RouterReplica replica, long version) => Eventually.UntilAsync(
        () => replica.Shelf.Newest?.Version == version, Deadline, $"the replica knows version {version}", Cancel);

    private static async Task<List<JsonElement>> ReadAsync(HttpClient client, string path)
    {
        var text = await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.DoesNotContain(Files.Credential, text, StringComparison.Ordinal);
        Assert.DoesNotContain("credential", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("api_key", text, StringComparison.OrdinalIgnoreCase);
        return [.. JsonSerializer.Deserialize<JsonElement>(text).GetProperty("items").EnumerateArray()];
    }

    private static async Task RefusedAsync(HttpClient client, string path, string code)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(code, problem.GetProperty("type").GetString());
    }

    private static List<string> Names(IReadOnlyList<JsonElement> items, string property) =>
        [.. items.Select(item => item.GetProperty(property).GetString()!)];

    /// <summary>Reads the gauge of one replica.</summary>
    private static List<(string Provider, int Up)> UpOf(RouterReplica replica)
    {
        var meters = replica.Services.GetRequiredService<IMeterFactory>();
        var seen = new List<(string, int)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "gateway_provider_up" && ReferenceEquals(instrument.Meter.Scope, meters))
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => seen.Add(((string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    /// <summary>What an edge has of the router: the feed, and the announcements that wake it.</summary>
    private async Task<IHost> StartEdgeAsync(RouterReplica router)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(RouterReplica.EnvironmentOf("") with
        {
            ServiceUrls = new Dictionary<string, Uri> { [RoutingSnapshots.Owner] = router.Address },
            DataDirectory = Directory.CreateTempSubdirectory("llm-platform-edge-").FullName,
        });
        builder.Services.AddSingleton(new SnapshotOptions { PollInterval = TimeSpan.FromMinutes(10) });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSnapshotFeed(new SnapshotSource<RoutingSnapshot>(
            RoutingSnapshots.Name, RoutingSnapshots.Owner, snapshot => snapshot.Version));
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<AnnouncementConsumer>();
            bus.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(_rabbitMq));
                broker.ConfigureEndpoints(context);
            });
        });
        builder.Services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
        var edge = builder.Build();
        await edge.StartAsync(Cancel);
        return edge;
    }

    private sealed class AnnouncementConsumer(SnapshotFeed<RoutingSnapshot> feed) : IConsumer<RoutingSnapshotPublished>
    {
        public Task Consume(ConsumeContext<RoutingSnapshotPublished> context)
        {
            feed.Announce(context.Message.Version);
            return Task.CompletedTask;
        }
    }
}
