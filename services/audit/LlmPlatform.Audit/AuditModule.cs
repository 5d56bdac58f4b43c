using LlmPlatform.Audit.Retention;
using LlmPlatform.Audit.Search;
using LlmPlatform.Audit.Trail;
using LlmPlatform.Audit.Verification;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Messaging;
using MassTransit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Audit;

/// <summary>
/// Keeps the tamper-evident trail: one record for every request, refused ones included, and for every change an
/// operator or the configuration file made; each record sealed by a hash over the one before it.
/// </summary>
/// <remarks>
/// <c>Trail/</c>: how a record is written, once, and refuses to change. <c>Verification/</c>: walks the chain and names
/// the first record that is not as it was written. <c>Search/</c>: finding records, and taking them away as NDJSON.
/// <c>Retention/</c>: what is too old leaves, and the chain says what left.
/// </remarks>
public sealed class AuditModule : IServiceModule
{
    /// <inheritdoc />
    public string Name => AuditDbContext.Schema;

    /// <inheritdoc />
    public ServerKinds Needs => ServerKinds.Postgres | ServerKinds.RabbitMq;

    /// <inheritdoc />
    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<TrailOptions>(platform, TrailOptions.Section);
        services.AddServiceDatabase<AuditDbContext>(platform.Environment.Postgres, AuditDbContext.Schema);

        services.AddScoped<TrailWriter>();
        services.AddSingleton(RequestCompletedConsumer.Gathering);
        services.AddSingleton<ChainLength>();
        services.AddHostedService<ChainLengthWatch>();
        services.AddScoped<ChainVerification>();
        services.AddValidatedOptions<RetentionOptions>(platform, RetentionOptions.Section);
        services.AddScoped<TrailRetention>();
        services.AddSingleton<RetentionSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionSweep>());

        services.AddDependency(this, "postgres", required: true, async (provider, cancellationToken) =>
        {
            await using var scope = provider.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<AuditDbContext>();
            return await database.Database.CanConnectAsync(cancellationToken) ? null : "does not answer";
        });
    }

    /// <inheritdoc />
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RequestCompletedConsumer, RequestCompletedConsumer.Definition>();
        bus.AddConsumer<AdminChangeRecordedConsumer>();
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        // Nothing else asks for the gauge, and it measures from when it is made.
        endpoints.ServiceProvider.GetRequiredService<ChainLength>();

        var admin = endpoints.MapAdmin();
        admin.AddEndpointFilter(DatabaseAway.AnswerAsync);
        VerifyEndpoint.Map(admin);
        ExportEndpoint.Map(admin);
        SearchEndpoints.Map(admin);
    }

    /// <inheritdoc />
    public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.MigrateDatabaseAsync<AuditDbContext>(cancellationToken);
}
