using LlmPlatform.Contracts.Identity;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Completions;
using LlmPlatform.Edge.CrossOrigin;
using LlmPlatform.Edge.Embeddings;
using LlmPlatform.Edge.Guardrails;
using LlmPlatform.Edge.Idempotency;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Identity.Tokens;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Models;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Vertex;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Messaging;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;
using MassTransit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge;

/// <summary>
/// The entrance: does all that must happen while a caller waits, and nothing else. Everything after the last byte
/// happens on the bus.
/// </summary>
/// <remarks>
/// <see cref="GatewayPipeline"/> is the path of a request. <c>Identity/</c>: who is calling. <c>Routing/</c>: where it
/// may go.
/// <c>Admission/</c>: may they, can they afford it. <c>ChatCompletions/</c> and its neighbours: the public APIs.
/// <c>Relay/</c>: a call on its way through, whatever is spoken. <c>Translation/</c>: the one shape between protocols.
/// <c>Providers/</c>: their protocols. <c>Settlement/</c>: what it cost, said once, never lost.
/// </remarks>
public sealed class EdgeModule : IServiceModule
{
    private static readonly SnapshotSource<RoutingSnapshot> Routes =
        new(RoutingSnapshots.Name, RoutingSnapshots.Owner, snapshot => snapshot.Version);

    private static readonly SnapshotSource<PriceBookSnapshot> Prices =
        new(PriceBookSnapshot.Name, PriceBookSnapshot.Owner, snapshot => snapshot.Version);

    /// <inheritdoc />
    public string Name => "edge";

    /// <inheritdoc />
    public ServerKinds Needs => ServerKinds.Postgres | ServerKinds.RabbitMq | ServerKinds.Redis;

    /// <inheritdoc />
    public bool ServesCallers => true;

    /// <inheritdoc />
    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<EdgeOptions>(platform, EdgeOptions.Section);
        services.AddValidatedOptions<UpstreamOptions>(platform, UpstreamOptions.Section);
        services.AddValidatedOptions<VertexOptions>(platform, VertexOptions.Section);
        services.AddValidatedOptions<IdentityOptions>(platform, IdentityOptions.Section);
        services.AddValidatedOptions<TokenOptions>(platform, TokenOptions.Section);
        services.AddServiceDatabase<EdgeDbContext>(platform.Environment.Postgres, EdgeDbContext.Schema);
        services.AddMessageContracts(typeof(KeysChanged).Assembly);
        services.AddOutbox<EdgeDbContext>();
        services.AddSettlement(platform, this);

        AddIdentity(services);
        AddAdmission(services, platform);

        services.AddSnapshotFeed(Routes);
        services.AddValidatedOptions<FailoverOptions>(platform, FailoverOptions.Section);
        services.AddSingleton<SignalBook>();
        services.AddSingleton<RoutingTable>();
        services.AddSingleton<DeploymentGauges>();
        services.AddSingleton<VertexTokens>();
        services.AddSingleton<ProviderAdapters>();
        services.AddSingleton<UpstreamClients>();
        services.AddSingleton<AttemptDesk>();
        services.AddSingleton<AttemptSettlement>();
        services.AddSingleton<HedgedStart>();
        services.AddSingleton<TokenCounter>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<CallEnding>();
        services.AddSingleton<GatewayPipeline>();
        services.AddValidatedOptions<ResponseOptions>(platform, ResponseOptions.Section);
        services.AddSingleton<ResponseBindings>();
        services.AddSingleton<StoredResponses>();
        AddBounds(services, platform);
        AddReadiness(services);
    }

    /// <inheritdoc />
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddAnnouncementConsumer<KeysChangedConsumer>();
        bus.AddAnnouncementConsumer<RoutingSnapshotPublishedConsumer>();
        bus.AddAnnouncementConsumer<LimitsChangedConsumer>();
        bus.AddAnnouncementConsumer<PriceBookPublishedConsumer>();
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<DeploymentGauges>();
        endpoints.ServiceProvider.GetRequiredService<OverspendBound>();
        endpoints.MapChatCompletions();
        endpoints.MapCompletions();
        endpoints.MapMessages();
        endpoints.MapResponses();
        endpoints.MapEmbeddings();
        endpoints.MapModels();
        endpoints.MapUnknownRoutes();
        var admin = endpoints.MapAdmin();
        admin.AddEndpointFilter(DatabaseAway.AnswerAsync);
        admin.MapTenants();
        admin.MapUsers();
        admin.MapKeys();
        endpoints.MapOperatorKeys();
        endpoints.MapSignals();
    }

    /// <inheritdoc />
    public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.MigrateDatabaseAsync<EdgeDbContext>(cancellationToken);

    // What callers may send, how often the same, and from where.
    private static void AddBounds(IServiceCollection services, PlatformContext platform)
    {
        services.AddOptions<KestrelServerOptions>().Configure<EdgeOptions>((kestrel, edge) =>
        {
            kestrel.Limits.MaxRequestHeaderCount = edge.MaxHeaders;
            kestrel.Limits.MaxRequestHeadersTotalSize = edge.MaxHeaderBytes;
        });
        services.AddSingleton<IStartupFilter, DirectCalls>();
        services.AddSingleton<IStartupFilter, CrossOriginAccess>();
        services.AddSingleton<PromptLength>();
        services.AddSingleton<StreamSlots>();
        services.AddValidatedOptions<IdempotencyOptions>(platform, IdempotencyOptions.Section);
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<IdempotencyDesk>();
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddScoped<IdentityBook>();
        services.AddScoped<KeyBook>();
        services.AddSingleton<IOperatorKeys, KeyDirectory>();
        services.AddSingleton<SecretWithdrawals>();
        services.AddHostedService(provider => provider.GetRequiredService<SecretWithdrawals>());
        services.AddSingleton<KeyRingFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRingFeed>());
        services.AddSingleton<ConfiguredIdentities>();
        services.AddHostedService(provider => provider.GetRequiredService<ConfiguredIdentities>());
        services.AddSingleton<TokenIssuers>();
        services.AddHostedService(provider => provider.GetRequiredService<TokenIssuers>());
        services.AddHttpClient(TokenIssuers.HttpClientName).ConfigureHttpClient((provider, client) =>
            client.MaxResponseContentBufferSize = provider.GetRequiredService<TokenOptions>().MaxKeySetBytes);
        services.AddSingleton<TokenAuthentication>();
        services.AddSingleton<Authentication>();
    }

    private static void AddAdmission(IServiceCollection services, PlatformContext platform)
    {
        services.AddRedis(new RedisOptions
        {
            ConnectionString = platform.Environment.Redis,
            InlineCompletions = platform.HasInlineSockets,
        });
        services.AddHoldLedger(platform);
        services.AddSingleton<SettleHolds>(provider => async (batch, cancellationToken) =>
            await provider.GetRequiredService<HoldLedger>().SettleAsync(batch, withLevels: false, cancellationToken));
        services.AddSnapshotFeed(LimitsSnapshots.Source);
        services.AddSnapshotFeed(Prices);
        services.AddSingleton<LimitsTable>();
        services.AddSingleton<PriceTable>();
        services.AddValidatedOptions<RedisAwayOptions>(platform, RedisAwayOptions.Section);
        services.AddSingleton<EdgeRoster>();
        services.AddSingleton<UncheckedAdmission>();
        services.AddSingleton<AdmissionDesk>();
        services.AddSingleton<TokenEstimator>();
        services.AddSingleton<CallsUnderway>();
        services.AddSingleton<OverspendBound>();
        services.AddSingleton<HoldRelease>();
        services.AddHostedService<AdmissionWarmUp>();
        services.AddHostedService<LeaseRenewal>();
        services.AddHostedService<KeepAlive>();
    }

    // Callers are served as long as they can be known, routed, admitted and billed; the bus may be away for hours.
    private void AddReadiness(IServiceCollection services)
    {
        services.AddDependency(this, "redis", required: true, async (provider, cancellationToken) =>
        {
            await provider.GetRequiredService<RedisClient>().PingAsync(cancellationToken);
            return null;
        });
        services.AddDependency(this, "keys", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<KeyRingFeed>() is { AreTrusted: false }
                ? "not loaded yet, or not confirmed for too long"
            : provider.GetRequiredService<ConfiguredIdentities>()
                .AreIn(provider.GetRequiredService<KeyRingFeed>().Current) ? null
            : "those the file declares are not loaded yet"));
        services.AddDependency(this, "routes", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<RoutingTable>().Planner is null ? "not learned yet" : null));
        services.AddDependency(this, "limits", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<SnapshotFeed<LimitsSnapshot>>().Current is null ? "not learned yet" : null));
        services.AddDependency(this, "prices", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<SnapshotFeed<PriceBookSnapshot>>().Current is null ? "not learned yet" : null));
        services.AddDependency(this, "postgres", required: false, async (provider, cancellationToken) =>
        {
            await using var scope = provider.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<EdgeDbContext>().Database;
            return await database.CanConnectAsync(cancellationToken) ? null : "does not answer";
        });
    }
}
