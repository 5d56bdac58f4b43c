using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Billing.Tests;

/// <summary>A process that holds billing alone, over real servers, with stores of its own.</summary>
internal sealed class BillingReplica : IAsyncDisposable
{
    public const string Queue = "billing-usage-recorded";
    private const string MasterKeyText = "a master key for tests";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;

    private BillingReplica(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public string RabbitMq => Services.GetRequiredService<PlatformEnvironment>().RabbitMq;

    /// <summary>A replica whose stores are migrated and, with a bus, whose loops run.</summary>
    /// <param name="configuration">What the file declares.</param>
    /// <param name="clock">Default the system's.</param>
    /// <param name="clickHouse">An address; default a new database of the shared server.</param>
    /// <param name="settings">Options.</param>
    /// <param name="engine">Which ClickHouse the new database is of.</param>
    public static async Task<BillingReplica> StartAsync(
        IPlatformConfigurationSource configuration,
        TimeProvider? clock = null,
        string? clickHouse = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        ClickHouseEngine engine = ClickHouseEngine.Oldest)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var servers = await TestServers.SharedAsync();
        clickHouse ??= engine == ClickHouseEngine.Current
            ? await CurrentClickHouse.CreateDatabaseAsync()
            : (await servers.CreateClickHouseDatabaseAsync(cancellation)).Url;
        var environment = new PlatformEnvironment
        {
            Postgres = await servers.CreateDatabaseAsync(cancellation),
            RabbitMq = await servers.CreateVirtualHostAsync(),
            ClickHouse = clickHouse,
            MasterKey = MasterKey.Read(MasterKeyText, []),
        };
        var replica = new BillingReplica(Build(environment, configuration, clock, settings));
        await new BillingModule().MigrateAsync(replica.Services, cancellation);
        await replica._app.StartAsync(cancellation);
        await Eventually.UntilAsync(
            () => replica.Services.GetRequiredService<PriceShelf>().Current is not null,
            Deadline, "the price book is published", cancellation);
        return replica;
    }

    public async Task PublishAsync(IEnumerable<UsageRecordedBatch> batches)
    {
        var bus = Services.GetRequiredService<IBus>();
        foreach (var batch in batches)
            await bus.Publish(batch, TestContext.Current.CancellationToken);
    }

    /// <summary>Stores envelopes as the consumer would, without the bus.</summary>
    public Task StoreAsync(params UsageRecordedBatch[] batches) =>
        Services.GetRequiredService<UsageIntake>().StoreAsync(batches, TestContext.Current.CancellationToken);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var client = Operator();
        return await client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> RequestAsync(string path)
    {
        using var client = Operator();
        return await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }

    /// <summary>Reads what only services of the platform are told.</summary>
    public async Task<byte[]> AsServiceAsync(string path)
    {
        using var client = new HttpClient();
        using var answer = await ServiceCall.SendAsync(
            client,
            Services.GetRequiredService<PlatformEnvironment>().MasterKey,
            () => new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(_app.Urls.Single()), path)),
            TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a body, as a person whom the master key lets speak.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null, string person = "ann")
    {
        using var client = Operator();
        client.DefaultRequestHeaders.Add("X-Operator", person);
        return await client.PostAsJsonAsync(path, body ?? new { }, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a file.</summary>
    public async Task<HttpResponseMessage> PostTextAsync(string path, string text)
    {
        using var client = Operator();
        using var content = new StringContent(text);
        return await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a body and reads the answer, which must be a success.</summary>
    public async Task<JsonElement> SendAsync(string path, object? body = null, string person = "ann")
    {
        using var answer = await PostAsync(path, body, person);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Waits until the warehouse holds so many events.</summary>
    public Task<JsonElement> UsageOfAsync(long requests, string query = "from=2026-01-01&to=2027-01-01") =>
        Eventually.UntilAsync(
            () => GetAsync($"/admin/v1/usage?{query}"),
            report => report.GetProperty("total").GetProperty("requests").GetInt64() == requests,
            Deadline, $"usage shows {requests} attempts", TestContext.Current.CancellationToken);

    /// <summary>How many rows are stored, versions and repeats included.</summary>
    public async Task<long> RowsAsync(string condition = "1") =>
        (await Services.GetRequiredService<ClickHouseClient>().QueryAsync(
            $"SELECT count() AS n FROM usage_events WHERE {condition}", row => row.GetProperty("n").GetInt64(),
            TestContext.Current.CancellationToken))[0];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    /// <summary>The environment of another service that knows where this one is.</summary>
    public PlatformEnvironment NeighbourAt(string dataDirectory) =>
        Services.GetRequiredService<PlatformEnvironment>() with
        {
            DataDirectory = dataDirectory,
            ServiceUrls = new Dictionary<string, Uri> { ["billing"] = new(_app.Urls.Single()) },
        };

    private HttpClient Operator()
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MasterKeyText);
        return client;
    }

    private static WebApplication Build(
        PlatformEnvironment environment,
        IPlatformConfigurationSource configuration,
        TimeProvider? clock,
        IReadOnlyDictionary<string, string?>? settings)
    {
        var platform = new PlatformContext
        {
            Environment = environment,
            Configuration = configuration.Current,
            Settings = new ConfigurationBuilder()
                .AddInMemoryCollection(settings ?? new Dictionary<string, string?>())
                .Build(),
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(environment);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        var module = new BillingModule();
        AddBus(builder.Services, module, environment.RabbitMq);
        module.AddServices(builder.Services, platform);
        var app = builder.Build();
        module.MapEndpoints(app);
        return app;
    }

    private static void AddBus(IServiceCollection services, BillingModule module, string rabbitMq)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(ServiceEndpointNameFormatter.Instance);
            module.AddConsumers(bus);
            bus.AddConfigureEndpointsCallback((_, endpoint) =>
                endpoint.UseMessageRetry(retry => retry.Interval(2, TimeSpan.FromMilliseconds(50))));
            bus.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(rabbitMq));
                broker.ConfigureEndpoints(context);
            });
        });
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = true;
            host.StopTimeout = TimeSpan.FromSeconds(1);
        });
    }
}
