using System.Net.Http.Headers;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Messaging;
using LlmPlatform.Router.Publishing;
using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Router.Tests;

/// <summary>A process that holds the router alone, over a real database and broker.</summary>
internal sealed class RouterReplica : IAsyncDisposable
{
    public const string MasterKeyText = "a master key for tests";

    private readonly WebApplication _app;

    private RouterReplica(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public SnapshotPublisher Publisher => Services.GetRequiredService<SnapshotPublisher>();

    public SnapshotShelf Shelf => Services.GetRequiredService<SnapshotShelf>();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>An empty, migrated database of one test alone.</summary>
    public static async Task<string> CreateDatabaseAsync(string? empty = null)
    {
        var shared = empty is null ? await TestServers.SharedAsync() : null;
        var postgres = empty ?? await shared!.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var options = ServiceDatabase.OptionsFor<RouterDbContext>(postgres, RouterDbContext.Schema);
        await using var database = new RouterDbContext(options);
        await database.Database.MigrateAsync(TestContext.Current.CancellationToken);
        return postgres;
    }

    /// <summary>A replica whose loops do not run.</summary>
    public static RouterReplica Build(
        string postgres,
        IPlatformConfigurationSource configuration,
        TimeProvider? clock = null,
        string? rabbitMq = null)
    {
        var platform = new PlatformContext
        {
            Environment = EnvironmentOf(postgres),
            Configuration = configuration.Current,
            Settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Router:Publishing:TurnInterval"] = "00:00:00.100",
                ["Router:Publishing:KeptVersions"] = "5",
            }).Build(),
        };

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(platform.Environment);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddHttpClient();
        if (rabbitMq is not null)
            AddBus(builder.Services, rabbitMq);
        var module = new RouterModule();
        module.AddServices(builder.Services, platform);
        var app = builder.Build();
        module.MapEndpoints(app);
        return new RouterReplica(app);
    }

    /// <summary>A running replica.</summary>
    public static async Task<RouterReplica> StartAsync(
        string postgres, IPlatformConfigurationSource configuration, string rabbitMq, TimeProvider? clock = null)
    {
        var replica = Build(postgres, configuration, clock, rabbitMq);
        await replica._app.StartAsync(TestContext.Current.CancellationToken);
        return replica;
    }

    public static PlatformEnvironment EnvironmentOf(
        string postgres, byte encryptionKey = 1, byte? encryptionKeyBefore = null)
    {
        var faults = new List<string>();
        var environment = new PlatformEnvironment
        {
            Postgres = postgres,
            MasterKey = MasterKey.Read(MasterKeyText, faults),
            Credentials = CredentialCipher.Read(
                KeyOf(encryptionKey), faults, encryptionKeyBefore is { } before ? KeyOf(before) : null),
        };
        Assert.Empty(faults);
        return environment;
    }

    private static string KeyOf(byte filler) => Convert.ToBase64String(Enumerable.Repeat(filler, 32).ToArray());

    /// <summary>A client that holds the master key.</summary>
    public HttpClient Operator()
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MasterKeyText);
        return client;
    }

    public async Task<T> InScopeAsync<T>(Func<RouterDbContext, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<RouterDbContext>());
    }

    public Task<List<long>> VersionsAsync() => InScopeAsync(database => database.Snapshots
        .OrderBy(snapshot => snapshot.Version)
        .Select(snapshot => snapshot.Version)
        .ToListAsync(TestContext.Current.CancellationToken));

    /// <summary>The messages that wait in the outbox, as (type, body).</summary>
    public Task<List<OutboxRow>> OutboxAsync() => InScopeAsync(database => database.Database
        .SqlQuery<OutboxRow>($"SELECT message_type AS type, body FROM router.outbox_message ORDER BY id")
        .ToListAsync(TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void AddBus(IServiceCollection services, string rabbitMq)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((_, broker) => broker.Host(new Uri(rabbitMq)));
        });
        services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
    }

    internal sealed record OutboxRow(string Type, string Body);
}
