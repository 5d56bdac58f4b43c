using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Messaging;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.Metering.Counters;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Metering.Rebuilding;
using LlmPlatform.Metering.Recovery;
using LlmPlatform.Quota;
using MassTransit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Metering;

/// <summary>
/// Keeps count while it matters: it owns limits and budgets, settles what was used into the live counters, and
/// announces how far each budget period has come.
/// </summary>
/// <remarks>
/// <c>Limits/</c>: what may be used, from the file and the admin API to the snapshot that edges pull. <c>Counters/</c>:
/// what is
/// used, from the bus into Redis. <c>Budgets/</c>: periods, their thresholds and their end. <c>Recovery/</c>: what
/// callers that died still hold. <c>Rebuilding/</c>: counters and alerts, derived again.
/// </remarks>
public sealed class MeteringModule : IServiceModule
{
    /// <inheritdoc />
    public string Name => "metering";

    /// <inheritdoc />
    public ServerKinds Needs => ServerKinds.Postgres | ServerKinds.RabbitMq | ServerKinds.Redis;

    /// <inheritdoc />
    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<BudgetOptions>(platform, BudgetOptions.Section);
        services.AddValidatedOptions<CounterOptions>(platform, CounterOptions.Section);
        services.AddValidatedOptions<RecoveryOptions>(platform, RecoveryOptions.Section);

        services.AddServiceDatabase<MeteringDbContext>(platform.Environment.Postgres, MeteringDbContext.Schema);
        services.AddMessageContracts(typeof(BudgetThresholdCrossed).Assembly);
        services.AddOutbox<MeteringDbContext>();
        services.AddRedis(platform.Environment.Redis);
        services.AddHoldLedger(platform);
        services.AddSingleton<MeteringTelemetry>();

        services.AddScoped<LimitsBook>();
        services.AddSingleton<LimitsShelf>();
        services.AddSingleton<ConfiguredLimits>();
        services.AddHostedService(provider => provider.GetRequiredService<ConfiguredLimits>());

        services.AddSingleton<LiveCounters>();
        services.AddSingleton<UsageConflicts>();
        services.AddSingleton<AnnouncedLevels>();
        services.AddSingleton<LevelAnnouncer>();

        services.AddScoped<BudgetStatements>();
        services.AddScoped<PeriodTurn>();
        services.AddSingleton<SweptLevels>();
        services.AddSingleton<BudgetGauges>();
        services.AddSingleton<BudgetPeriodSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<BudgetPeriodSweep>());

        services.AddSingleton<ExpiredHoldSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<ExpiredHoldSweep>());
        services.AddHttpClient(LostCounters.HttpClientName)
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);
        services.AddScoped<LostCounters>();
        services.AddScoped<CountersRebuild>();
        services.AddSingleton<LostCounterSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<LostCounterSweep>());
        AddReadiness(services);
    }

    /// <inheritdoc />
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<UsageRecordedConsumer, CounterConsumerDefinition<UsageRecordedConsumer>>();
        bus.AddConsumer<RequestCompletedConsumer, CounterConsumerDefinition<RequestCompletedConsumer>>();
        bus.AddSagaStateMachine<BudgetPeriodStateMachine, BudgetPeriodState>()
            .PostgresRepository<MeteringDbContext, BudgetPeriodState>();
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapSnapshot(LimitsSnapshots.Source, (context, cancellationToken) =>
            context.RequestServices.GetRequiredService<ConfiguredLimits>().AreApplied
                ? context.RequestServices.GetRequiredService<LimitsShelf>().CurrentAsync(cancellationToken)
                : ValueTask.FromResult<LimitsSnapshot?>(null));

        var admin = endpoints.MapAdmin();
        admin.AddEndpointFilter(DatabaseAway.AnswerAsync).AddEndpointFilter(CountersAway.AnswerAsync);
        admin.MapBudgets();
        admin.MapBudgetIncreases();
        admin.MapLimits();
        admin.MapLiveUsage();
        admin.MapUsageConflicts();
    }

    /// <inheritdoc />
    public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.MigrateDatabaseAsync<MeteringDbContext>(cancellationToken);

    /// <inheritdoc />
    public async Task<string?> RebuildAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<RedisClient>().WaitUntilConnectedAsync(cancellationToken);
        await using var scope = services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<CountersRebuild>().RunAsync(cancellationToken))
            .ToString();
    }

    private void AddReadiness(IServiceCollection services)
    {
        services.AddDependency(this, "postgres", required: true, async (provider, cancellationToken) =>
        {
            await using var scope = provider.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<MeteringDbContext>().Database;
            return await database.CanConnectAsync(cancellationToken) ? null : "does not answer";
        });
        services.AddDependency(this, "redis", required: true, async (provider, cancellationToken) =>
        {
            await provider.GetRequiredService<RedisClient>().PingAsync(cancellationToken);
            return null;
        });
        services.AddDependency(this, "rabbitmq", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy
                ? null
                : "the bus is not connected"));
    }
}
