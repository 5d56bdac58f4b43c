using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Incidents;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Messaging;
using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Alerting.Tests;

/// <summary>A process that holds the alerting service alone, over a real database and a real broker.</summary>
internal sealed class AlertingReplica : IAsyncDisposable
{
    public const string MasterKeyText = "a master key for tests";

    private readonly WebApplication _app;

    private AlertingReplica(WebApplication app, string postgres, ConcurrentQueue<string> log)
    {
        _app = app;
        Postgres = postgres;
        Log = log;
    }

    /// <summary>What the process has told the audit trail.</summary>
    public ConcurrentQueue<AdminChangeRecorded> Changes => Services.GetRequiredService<HeardChanges>().All;

    public string Postgres { get; }

    /// <summary>Every line the process logged, exceptions included.</summary>
    public ConcurrentQueue<string> Log { get; }

    public IServiceProvider Services => _app.Services;

    public IBus Bus => Services.GetRequiredService<IBus>();

    public DeliveryDesk Desk => Services.GetRequiredService<DeliveryDesk>();

    /// <summary>An empty, migrated database of one test alone.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var servers = await TestServers.SharedAsync();
        return await MigrateAsync(await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Brings an empty database to this version.</summary>
    public static async Task<string> MigrateAsync(string postgres)
    {
        await using var database = Open(postgres);
        await database.Database.MigrateAsync(TestContext.Current.CancellationToken);
        return postgres;
    }

    public static AlertingDbContext Open(string postgres) =>
        new(ServiceDatabase.OptionsFor<AlertingDbContext>(postgres, AlertingDbContext.Schema));

    /// <summary>A process whose sweep runs, with pauses of 50 ms between attempts.</summary>
    public static async Task<AlertingReplica> StartAsync(
        string postgres,
        IPlatformConfigurationSource configuration,
        string? rabbitMq = null,
        Uri? billing = null,
        TimeSpan? timeout = null)
    {
        var vhost = rabbitMq ?? await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        var replica = Build(
            postgres, configuration, TimeProvider.System, vhost, "00:00:00.050", billing, timeout: timeout);
        await replica._app.StartAsync(TestContext.Current.CancellationToken);
        return replica;
    }

    /// <summary>The parts of a process whose sweep does not run: a test makes each step itself.</summary>
    public static AlertingReplica Build(
        string postgres,
        IPlatformConfigurationSource configuration,
        TimeProvider clock,
        string? rabbitMq = null,
        string? pauses = null,
        Uri? billing = null,
        bool allowsLoopback = true,
        TimeSpan? timeout = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Alerting:Deliveries:PollInterval"] = "00:00:00.050",
            ["Alerting:Incidents:LookInterval"] = "00:00:00.100",
            ["Alerting:Channels:ConsoleUrl"] = "https://llm.example.com/console",
        };
        if (allowsLoopback)
            settings["Alerting:Channels:AllowedNetworks:0"] = "127.0.0.0/8";
        if (timeout is not null)
            settings["Alerting:Channels:Timeout"] = $"{timeout}";
        if (pauses is not null)
            settings["Alerting:Deliveries:Pauses:0"] = pauses;
        var platform = new PlatformContext
        {
            Environment = EnvironmentOf(postgres, billing),
            Configuration = configuration.Current,
            Settings = new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
        };
        var log = new ConcurrentQueue<string>();
        var module = new AlertingModule();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(new LineLogging(log));
        builder.Services.AddSingleton(platform.Environment);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(clock);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        if (rabbitMq is not null)
            AddBus(builder.Services, module, rabbitMq);
        module.AddServices(builder.Services, platform);
        var app = builder.Build();
        module.MapEndpoints(app);
        return new AlertingReplica(app, postgres, log);
    }

    public async Task<bool> OpenAsync(BudgetThresholdCrossed crossed)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AlertBook>()
            .OpenAsync(crossed, TestContext.Current.CancellationToken);
    }

    /// <summary>Takes an observation as its consumer does.</summary>
    public async Task HearAsync(ConditionObserved seen)
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IncidentBook>()
            .HearAsync(seen, named: null, TestContext.Current.CancellationToken);
    }

    /// <summary>Does what a scoped part of the process does.</summary>
    public async Task WithAsync<T>(Func<T, Task> work)
        where T : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<T>());
    }

    public Task<int> SendDueAsync(string channel) =>
        Desk.SendDueAsync(channel, TestContext.Current.CancellationToken);

    public async Task<List<Delivery>> DeliveriesAsync()
    {
        await using var database = Open(Postgres);
        return await database.Deliveries.AsNoTracking().OrderBy(delivery => delivery.Number)
            .ToListAsync(TestContext.Current.CancellationToken);
    }

    public async Task<Delivery> DeliveryAsync() => Assert.Single(await DeliveriesAsync());

    /// <summary>A client that holds the master key.</summary>
    public HttpClient Operator()
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MasterKeyText);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static PlatformEnvironment EnvironmentOf(string postgres, Uri? billing)
    {
        var faults = new List<string>();
        var environment = new PlatformEnvironment
        {
            Postgres = postgres,
            MasterKey = MasterKey.Read(MasterKeyText, faults),
            ServiceUrls = billing is null
                ? new Dictionary<string, Uri>()
                : new Dictionary<string, Uri> { ["billing"] = billing },
        };
        Assert.Empty(faults);
        return environment;
    }

    private static void AddBus(IServiceCollection services, AlertingModule module, string rabbitMq)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(ServiceEndpointNameFormatter.Instance);
            module.AddConsumers(bus);
            bus.AddConsumer<AuditListener>();
            bus.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(rabbitMq));
                broker.ConfigureEndpoints(context);
            });
        });
        services.AddSingleton<HeardChanges>();
        services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
    }

    internal sealed class HeardChanges
    {
        public ConcurrentQueue<AdminChangeRecorded> All { get; } = new();
    }

    internal sealed class AuditListener(HeardChanges heard) : IConsumer<AdminChangeRecorded>
    {
        public Task Consume(ConsumeContext<AdminChangeRecorded> context)
        {
            heard.All.Enqueue(context.Message);
            return Task.CompletedTask;
        }
    }

    private sealed class LineLogging(ConcurrentQueue<string> lines) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
