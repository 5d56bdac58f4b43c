using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Audit.Trail;
using LlmPlatform.Audit.Verification;
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

namespace LlmPlatform.Audit.Tests;

/// <summary>
/// A process that holds the audit service alone, over a real database and, when given one, a real broker.
/// </summary>
internal sealed class AuditReplica : IAsyncDisposable
{
    public const string MasterKeyText = "a master key for tests";

    private readonly WebApplication _app;

    private AuditReplica(WebApplication app, ConcurrentQueue<string> log)
    {
        _app = app;
        Log = log;
    }

    /// <summary>Every line the process logged.</summary>
    public ConcurrentQueue<string> Log { get; }

    public IServiceProvider Services => _app.Services;

    public IBus Bus => Services.GetRequiredService<IBus>();

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

    public static AuditDbContext Open(string postgres) =>
        new(ServiceDatabase.OptionsFor<AuditDbContext>(postgres, AuditDbContext.Schema));

    public static async Task<AuditReplica> StartAsync(
        string postgres,
        string? rabbitMq = null,
        TimeProvider? clock = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var platform = new PlatformContext
        {
            Environment = EnvironmentOf(postgres),
            Configuration = new PlatformConfiguration(),
            Settings = new ConfigurationBuilder()
                .AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build(),
        };
        var log = new ConcurrentQueue<string>();
        var module = new AuditModule();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(new LineLogging(log));
        builder.Services.AddSingleton(platform.Environment);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton<IPlatformConfigurationSource>(
            new FixedConfigurationSource(platform.Configuration));
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
        var replica = new AuditReplica(app, log);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return replica;
    }

    public async Task<int> AppendAsync(params TrailContent[] entries)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TrailWriter>()
            .AppendAsync(entries, TestContext.Current.CancellationToken);
    }

    public async Task<VerifyResponse> VerifyAsync(long from = 1, long? to = null)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ChainVerification>()
            .RunAsync(from, to, TestContext.Current.CancellationToken);
    }

    /// <summary>A client that holds the master key.</summary>
    public HttpClient Operator()
    {
        var client = Stranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MasterKeyText);
        return client;
    }

    /// <summary>A client that holds no key.</summary>
    public HttpClient Stranger() => new() { BaseAddress = new Uri(_app.Urls.Single()) };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static PlatformEnvironment EnvironmentOf(string postgres)
    {
        var faults = new List<string>();
        var environment = new PlatformEnvironment
        {
            Postgres = postgres,
            MasterKey = MasterKey.Read(MasterKeyText, faults),
        };
        Assert.Empty(faults);
        return environment;
    }

    private static void AddBus(IServiceCollection services, AuditModule module, string rabbitMq)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(ServiceEndpointNameFormatter.Instance);
            module.AddConsumers(bus);
            bus.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(rabbitMq));
                broker.PrefetchCount = 256;
                broker.ConfigureEndpoints(context);
            });
        });
        services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
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
