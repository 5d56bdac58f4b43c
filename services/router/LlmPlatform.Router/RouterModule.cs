using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Messaging;
using LlmPlatform.Router.Catalog;
using LlmPlatform.Router.Client;
using LlmPlatform.Router.Health;
using LlmPlatform.Router.Publishing;
using MassTransit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router;

/// <summary>
/// Decides by publishing: it owns the catalogue of providers and models and knows which providers are up, and writes
/// both as an immutable, versioned snapshot that every edge plans from in memory. Of several replicas one probes and
/// publishes; all serve.
/// </summary>
/// <remarks>
/// <c>Catalog/</c>: from the configuration file to a snapshot, and what operators may ask of it. <c>Health/</c>: probes
/// and what they have shown. <c>Publishing/</c>: whose turn it is, what changed, one transaction for the version and
/// its announcement.
/// </remarks>
public sealed class RouterModule : IServiceModule
{
    private static readonly SnapshotSource<RoutingSnapshot> Routing =
        new(RoutingSnapshots.Name, RoutingSnapshots.Owner, snapshot => snapshot.Version);

    /// <inheritdoc />
    public string Name => RoutingSnapshots.Owner;

    /// <inheritdoc />
    public ServerKinds Needs => ServerKinds.Postgres | ServerKinds.RabbitMq;

    /// <inheritdoc />
    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<PublishingOptions>(platform, PublishingOptions.Section);
        services.AddValidatedOptions<ProbingOptions>(platform, ProbingOptions.Section);

        services.AddServiceDatabase<RouterDbContext>(platform.Environment.Postgres, RouterDbContext.Schema);
        services.AddMessageContracts(typeof(RoutingSnapshotPublished).Assembly);
        services.AddOutbox<RouterDbContext>();

        services.AddSingleton<CatalogBuilder>();
        services.AddSingleton<CatalogSource>();
        services.AddScoped<CatalogBook>();
        LiveSignals.AddTo(services);

        ProviderProbe.AddTo(services);
        services.AddSingleton<ProviderHealthBook>();
        services.AddSingleton<ProviderWatch>();
        services.AddSingleton<ProviderUpGauge>();
        services.AddSingleton<DeploymentPerformance>();
        services.AddSingleton<PromiseWatch>();
        services.AddValidatedOptions<ConditionOptions>(platform, ConditionOptions.Section);
        services.AddSingleton<FallbackRates>();
        services.AddSingleton<ConditionAnnouncer>();

        services.AddSingleton<PublishSignal>();
        services.AddSingleton<PublisherTurn>();
        services.AddSingleton<SnapshotShelf>();
        services.AddSingleton<SnapshotPublisher>();
        services.AddHostedService<PublisherLoop>();

        // What is published is served from memory: without PostgreSQL nothing new is learned, and nothing stops.
        services.AddDependency(this, "postgres", required: false, async (provider, cancellationToken) =>
        {
            await using var scope = provider.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
            return await database.Database.CanConnectAsync(cancellationToken) ? null : "does not answer";
        });
        services.AddDependency(this, "routing_snapshot", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<SnapshotShelf>().Newest is null ? "none was published yet" : null));
    }

    /// <inheritdoc />
    public void AddConsumers(IBusRegistrationConfigurator bus) =>
        bus.AddAnnouncementConsumer<RequestCompletedConsumer>();

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        // Nothing else asks for the gauge, and it measures from when it is made.
        endpoints.ServiceProvider.GetRequiredService<ProviderUpGauge>();

        endpoints.MapSnapshot(Routing, (context, cancellationToken) =>
            context.RequestServices.GetRequiredService<SnapshotShelf>().CurrentAsync(cancellationToken));

        var admin = endpoints.MapAdmin();
        admin.AddEndpointFilter(DatabaseAway.AnswerAsync);
        CatalogEndpoints.Map(admin);
        CatalogChangeEndpoints.Map(admin);
        ExplainEndpoint.Map(admin);
        ProviderHealthEndpoint.Map(admin);
    }

    /// <inheritdoc />
    public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.MigrateDatabaseAsync<RouterDbContext>(cancellationToken);
}
