using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Demotions;
using LlmPlatform.Alerting.Forecasts;
using LlmPlatform.Alerting.Incidents;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Messaging;
using MassTransit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Alerting;

/// <summary>
/// Tells people: each threshold that a budget period crosses becomes one alert, and each alert one delivery for each
/// channel the budget names, tried until it is delivered or a day has passed.
/// </summary>
/// <remarks>
/// <c>Deliveries/</c>: the decision, taken once by a unique key, and the sweep that carries it out. <c>Channels/</c>:
/// Slack, e-mail, webhook and PagerDuty, and how each writes a notice. <c>Notices/</c>: what else people are told of,
/// bills above all, and who hears of what. <c>Incidents/</c>: what is wrong with the platform, from beginning to end.
/// <c>Forecasts/</c>: budgets that will not last, and spending that is not usual. <c>Demotions/</c>: deployments that
/// break what is promised of them.
/// </remarks>
public sealed class AlertingModule : IServiceModule
{
    /// <inheritdoc />
    public string Name => AlertingDbContext.Schema;

    /// <inheritdoc />
    public ServerKinds Needs => ServerKinds.Postgres | ServerKinds.RabbitMq;

    /// <inheritdoc />
    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<ChannelOptions>(platform, ChannelOptions.Section);
        services.AddValidatedOptions<DeliveryOptions>(platform, DeliveryOptions.Section);

        services.AddServiceDatabase<AlertingDbContext>(platform.Environment.Postgres, AlertingDbContext.Schema);
        services.AddMessageContracts(typeof(AdminChangeRecorded).Assembly);
        services.AddOutbox<AlertingDbContext>();

        ChannelPost.AddTo(services);
        AttachedPapers.AddTo(services);
        services.AddSingleton<IAlertChannel, SlackChannel>();
        services.AddSingleton<IAlertChannel, EmailChannel>();
        services.AddSingleton<IAlertChannel, WebhookChannel>();
        services.AddSingleton<IAlertChannel, PagerDutyChannel>();
        services.AddSingleton<ChannelDesk>();
        services.AddScoped<DisabledChannels>();
        services.AddScoped<RefusedAddresses>();

        services.AddValidatedOptions<NoticeOptions>(platform, NoticeOptions.Section);
        services.AddSingleton<NoticeRouting>();
        services.AddScoped<NoticeBook>();
        services.AddScoped<DemotionNotices>();
        services.AddScoped<AlertBook>();

        services.AddValidatedOptions<IncidentOptions>(platform, IncidentOptions.Section);
        services.AddScoped<IncidentBook>();
        services.AddHostedService<IncidentSweep>();

        services.AddValidatedOptions<ForecastOptions>(platform, ForecastOptions.Section);
        services.AddScoped<SpendingForecasts>();

        services.AddSingleton<StorePatience>();
        services.AddScoped<DeliveryBook>();
        services.AddSingleton<DeliverySignal>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryDesk>();
        services.AddHostedService<DeliverySweep>();

        services.AddDependency(this, "postgres", required: true, async (provider, cancellationToken) =>
        {
            await using var scope = provider.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<AlertingDbContext>();
            return await database.Database.CanConnectAsync(cancellationToken) ? null : "does not answer";
        });
    }

    /// <inheritdoc />
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<BudgetThresholdCrossedConsumer>();
        bus.AddConsumer<BudgetThresholdRearmedConsumer>();
        bus.AddConsumer<BudgetPeriodEndedConsumer>();
        bus.AddConsumer<BudgetSpendingObservedConsumer>();
        bus.AddConsumer<BillIssuedConsumer>();
        bus.AddConsumer<ConditionObservedConsumer>();
        bus.AddConsumer<UnpricedUsageFoundConsumer>();
        bus.AddConsumer<DeploymentDemotedConsumer>();
        bus.AddConsumer<DeploymentRestoredConsumer>();
        bus.AddConsumer<UnpricedUsageRatedConsumer>();
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var admin = endpoints.MapAdmin();
        admin.AddEndpointFilter(DatabaseAway.AnswerAsync);
        ChannelEndpoints.Map(admin);
        AlertEndpoints.Map(admin);
        DeliveryEndpoints.Map(admin);
        IncidentEndpoints.Map(admin);
    }

    /// <inheritdoc />
    public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.MigrateDatabaseAsync<AlertingDbContext>(cancellationToken);

    /// <inheritdoc />
    public async Task<string?> RebuildAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AlertBook>().CountAsync(cancellationToken);
    }
}
