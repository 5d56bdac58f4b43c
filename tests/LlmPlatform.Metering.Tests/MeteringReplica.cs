using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Money.Periods;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Metering.Tests;

/// <summary>A process that holds metering alone, over real servers.</summary>
internal sealed class MeteringReplica : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const string MasterKeyText = "a master key for tests";

    private readonly WebApplication _app;
    private bool _started;
    private int _handledBefore;

    private MeteringReplica(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public Crossings Crossings => Get<Crossings>();

    public HandledMessages Handled => Get<HandledMessages>();

    public HoldLedger Holds => Get<HoldLedger>();

    private int LifeMessagesHandled =>
        Handled.Of(typeof(BudgetPeriodOpened), typeof(BudgetUsageAdvanced), typeof(BudgetPeriodEnded));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// A replica whose loops do not run: a test makes their turns itself. What it publishes stays in its outbox.
    /// </summary>
    public static Task<MeteringReplica> CreateAsync(
        MeteringStores stores,
        PlatformConfiguration file,
        TimeProvider? clock = null,
        params (string, string)[] settings) => CreateAsync(stores, file, clock, null, settings);

    /// <summary>The same, which finds billing at an address.</summary>
    public static async Task<MeteringReplica> CreateAsync(
        MeteringStores stores,
        PlatformConfiguration file,
        TimeProvider? clock,
        Uri? billing,
        params (string, string)[] settings)
    {
        var replica = await MakeAsync(stores, file, clock, billing, settings);
        await replica.ApplyAsync(file);
        return replica;
    }

    /// <summary>A replica that runs; its own sweeps only as often as the settings say.</summary>
    public static Task<MeteringReplica> StartAsync(
        MeteringStores stores, PlatformConfiguration file, params (string, string)[] settings) =>
        StartAsync(stores, file, null, settings);

    /// <summary>The same, which finds billing at an address.</summary>
    public static async Task<MeteringReplica> StartAsync(
        MeteringStores stores, PlatformConfiguration file, Uri? billing, params (string, string)[] settings)
    {
        var replica = await MakeAsync(stores, file, null, billing, settings);
        Get<IBusControl>(replica).ConnectConsumeObserver(replica.Handled);
        await replica._app.StartAsync(Token);
        replica._started = true;

        // By its own start: applied once more behind a test's back, the file would undo what the test has done.
        await Eventually.UntilAsync(
            () => replica.Get<ConfiguredLimits>().AreApplied, Deadline, "the file is applied", Token);
        await replica.Get<LimitsShelf>().RefreshAsync(Token);
        await replica.SweepAsync();
        await replica.UntilHandledAsync(file.Budgets.Count);
        replica._handledBefore = replica.LifeMessagesHandled;
        return replica;
    }

    private static async Task<MeteringReplica> MakeAsync(
        MeteringStores stores,
        PlatformConfiguration file,
        TimeProvider? clock,
        Uri? billing,
        (string, string)[] settings)
    {
        var replica = new MeteringReplica(Build(stores, file, clock ?? TimeProvider.System, billing, settings));
        await new MeteringModule().MigrateAsync(replica.Services, Token);
        await replica.Get<RedisClient>().WaitUntilConnectedAsync(Token);
        return replica;
    }

    /// <summary>A replica that has just begun and may still be at work on the file.</summary>
    public static async Task<MeteringReplica> BeginAsync(MeteringStores stores, PlatformConfiguration file)
    {
        var replica = new MeteringReplica(Build(stores, file, TimeProvider.System, null, []));
        await replica.Get<RedisClient>().WaitUntilConnectedAsync(Token);
        await replica._app.StartAsync(Token);
        replica._started = true;
        return replica;
    }

    public T Get<T>()
        where T : notnull => Get<T>(this);

    public async Task ApplyAsync(PlatformConfiguration file)
    {
        await Get<ConfiguredLimits>().ApplyAsync(file, Token);
        await Get<LimitsShelf>().RefreshAsync(Token);
    }

    public Task SweepAsync() => Get<BudgetPeriodSweep>().TurnAsync(Token);

    public async Task<T> QueryAsync<T>(Func<MeteringDbContext, Task<T>> query)
    {
        await using var scope = Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<MeteringDbContext>());
    }

    /// <summary>How many messages of a type, or of all, wait in the outbox.</summary>
    public Task<int> WaitingAsync(string type) => QueryAsync(database => database.Database
        .SqlQuery<int>(
            $"""
            SELECT count(*)::int AS "Value" FROM metering.outbox_message WHERE message_type LIKE {"%" + type}
            """)
        .SingleAsync(Token));

    public Task PublishAsync(object message) => Get<IBus>().Publish(message, Token);

    /// <summary>The current period of a budget by the system's clock, as usage names it.</summary>
    public static BudgetPeriod CurrentPeriod(BudgetConfiguration budget, DateTimeOffset? at = null) =>
        new BudgetCalendar(budget.Period.Kind, budget.TimeZone, budget.Period.Length)
            .At(at ?? TimeProvider.System.GetUtcNow());

    public static HeldBudget Held(BudgetConfiguration budget, DateTimeOffset? at = null) => new()
    {
        BudgetId = Given.IdOf(budget),
        Revision = 1,
        PeriodId = CurrentPeriod(budget, at).Id,
        CountsTokens = budget.LimitTokens is not null,
    };

    public async Task<BudgetPeriodState?> StateAsync(string budgetId, string periodId)
    {
        var id = BudgetPeriodState.IdOf(budgetId, periodId);
        return await QueryAsync(database =>
            database.PeriodStates.AsNoTracking().FirstOrDefaultAsync(state => state.CorrelationId == id, Token));
    }

    public Task UntilStateAsync(string budgetId, string periodId, string state) =>
        Eventually.UntilAsync(
            async () => (await StateAsync(budgetId, periodId))?.CurrentState,
            found => found == state, Deadline, $"the period is {state}", Token);

    /// <summary>Waits until so many messages of the budgets' life have been handled since the start.</summary>
    public Task UntilHandledAsync(int count) => Eventually.UntilAsync(
        () => Task.FromResult(LifeMessagesHandled - _handledBefore),
        handled => handled >= count, Deadline, $"{count} messages are handled", Token);

    /// <summary>
    /// Waits until all that was published before is delivered: the outbox empties, and a last message arrives.
    /// </summary>
    public async Task UntilQuietAsync()
    {
        await Eventually.UntilAsync(
            () => WaitingAsync(""),
            waiting => waiting == 0, Deadline, "the outbox is empty", Token);
        var last = $"last {Guid.NewGuid():N}";
        await PublishAsync(new BudgetThresholdCrossed
        {
            BudgetId = last,
            BudgetName = last,
            Scope = "global",
            PeriodId = "none",
            PeriodStartsAt = default,
            PeriodEndsAt = default,
            ThresholdBasisPoints = 1,
            SpentNanoUsd = 0,
            LimitNanoUsd = 1,
            Enforced = false,
            Channels = [],
            CrossedAt = default,
        });
        await Eventually.UntilAsync(
            () => Crossings.All.Any(crossing => crossing.BudgetId == last),
            Deadline, "the last message arrives", Token);
    }

    public async Task<(int Status, JsonElement Body)> CallAsync(
        HttpMethod method, string path, object? body = null, string? person = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", MasterKeyText);
        request.Content = body is null ? null : JsonContent.Create(body);
        if (person is not null)
            request.Headers.Add(ActingPerson.Header, person);
        using var response = await client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>What an edge is told of limits.</summary>
    public async Task<(int Status, JsonElement Body)> AskForLimitsAsync()
    {
        using var client = new HttpClient();
        var address = new Uri(new Uri(_app.Urls.Single()), "/internal/v1/snapshots/limits");
        using var response = await ServiceCall.SendAsync(
            client,
            Get<PlatformEnvironment>().MasterKey,
            () => new HttpRequestMessage(HttpMethod.Get, address),
            Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return ((int)response.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    public async Task<int> StatusForStrangerAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (int)response.StatusCode;
    }

    /// <summary>Admits a request of tenant acme, as the edge would.</summary>
    public async Task HoldAsync(long nanoUsd) =>
        Assert.Equal(AdmissionOutcome.Admitted, (await ReserveAsync(nanoUsd)).Outcome);

    /// <summary>Asks for a request of tenant acme to be admitted.</summary>
    public async Task<AdmissionDecision> ReserveAsync(long nanoUsd)
    {
        var snapshot = await Get<LimitsShelf>().CurrentAsync(Token);
        using var limits = new LimitsIndex(snapshot!).Matching(new CallerScopes { Tenant = "acme", KeyId = "key-1" });
        return await Holds.ReserveAsync(
            new AdmissionRequest
            {
                RequestId = Guid.NewGuid(),
                EstimateNanoUsd = nanoUsd,
                Limits = limits,
            },
            Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_started)
            await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static T Get<T>(MeteringReplica replica)
        where T : notnull => replica.Services.GetRequiredService<T>();

    private static WebApplication Build(
        MeteringStores stores,
        PlatformConfiguration file,
        TimeProvider clock,
        Uri? billing,
        (string Name, string Value)[] settings)
    {
        var environment = new PlatformEnvironment
        {
            Postgres = stores.Postgres,
            RabbitMq = stores.RabbitMq,
            Redis = stores.Redis,
            MasterKey = MasterKey.Read(MasterKeyText, []),
            ServiceUrls = billing is null
                ? new Dictionary<string, Uri>()
                : new Dictionary<string, Uri> { ["billing"] = billing },
        };
        var platform = new PlatformContext
        {
            Environment = environment,
            Configuration = file,
            Settings = new ConfigurationBuilder()
                // A busy machine must not turn an admission away.
                .AddInMemoryCollection([new KeyValuePair<string, string?>("Quota:Holds:ReserveTimeout", "00:00:10")])
                .AddInMemoryCollection(settings.Select(setting =>
                    new KeyValuePair<string, string?>(setting.Name, setting.Value)))
                .Build(),
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(environment);
        builder.Services.AddSingleton<IPlatformConfigurationSource>(new FixedConfigurationSource(file));
        builder.Services.AddSingleton(clock);

        // Before the module's own: a busy machine must not be taken for a Redis that is away.
        builder.Services.AddRedis(new RedisOptions
        {
            ConnectionString = stores.Redis,
            CommandTimeout = TimeSpan.FromSeconds(30),
            StallTimeout = TimeSpan.FromMinutes(1),
        });
        builder.Services.AddSingleton<Crossings>();
        builder.Services.AddSingleton<HandledMessages>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        var module = new MeteringModule();
        AddBus(builder.Services, module, stores.RabbitMq);
        module.AddServices(builder.Services, platform);
        var app = builder.Build();
        module.MapEndpoints(app);
        return app;
    }

    private static void AddBus(IServiceCollection services, MeteringModule module, string rabbitMq)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(ServiceEndpointNameFormatter.Instance);
            module.AddConsumers(bus);
            bus.AddConsumer<Crossings.CrossingConsumer>();
            bus.AddConfigureEndpointsCallback((name, endpoint) =>
            {
                endpoint.UseMessageRetry(retry => retry.Interval(20, TimeSpan.FromMilliseconds(50)));

                // One after the other, so that the last one that is heard is the last.
                if (name.Contains("crossing", StringComparison.OrdinalIgnoreCase))
                    endpoint.PrefetchCount = 1;
            });
            bus.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(rabbitMq));
                broker.PrefetchCount = 64;
                broker.ConfigureEndpoints(context);
            });
        });
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = true;
            host.StopTimeout = TimeSpan.FromSeconds(5);
        });
    }
}
