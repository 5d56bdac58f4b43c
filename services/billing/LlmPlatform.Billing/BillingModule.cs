using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Completeness;
using LlmPlatform.Billing.Exports;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Proposals;
using LlmPlatform.Billing.Rebuilding;
using LlmPlatform.Billing.Reconciliation;
using LlmPlatform.Billing.Rerating;
using LlmPlatform.Billing.Spending;
using LlmPlatform.Billing.Usage;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Messaging;
using LlmPlatform.Money.Pricing;
using MassTransit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing;

/// <summary>
/// Money: keeps every usage row, says what it costs from its own price book, and makes the month's bills of it.
/// </summary>
/// <remarks>
/// <c>Warehouse/</c>: from the bus into ClickHouse, once in effect however often it is delivered. <c>Pricing/</c>: the
/// price book, its history and the snapshot edges follow. <c>Proposals/</c>: what takes two persons. <c>Ledger/</c>:
/// every movement of money, for ever. <c>Completeness/</c>: whether all usage has come. <c>Usage/</c>: usage grouped by
/// anything. <c>Bills/</c>: the month's bills, from open to issued. <c>Exports/</c>: their papers.
/// <c>Rerating/</c>: usage rated anew, and what it would have cost otherwise. <c>Reconciliation/</c>: what providers
/// charge, beside what was metered. <c>Rebuilding/</c>: what is derived, derived again.
/// </remarks>
public sealed class BillingModule : IServiceModule
{
    private static readonly SnapshotSource<PriceBookSnapshot> Prices =
        new(PriceBookSnapshot.Name, PriceBookSnapshot.Owner, snapshot => snapshot.Version);

    /// <inheritdoc />
    public string Name => PriceBookSnapshot.Owner;

    /// <inheritdoc />
    public ServerKinds Needs => ServerKinds.Postgres | ServerKinds.RabbitMq | ServerKinds.ClickHouse;

    /// <inheritdoc />
    public void AddServices(IServiceCollection services, PlatformContext platform)
    {
        services.AddServiceDatabase<BillingDbContext>(platform.Environment.Postgres, BillingDbContext.Schema);
        services.AddMessageContracts(typeof(UsageRecorded).Assembly);
        services.AddOutbox<BillingDbContext>();
        services.AddSingleton<BillingMetrics>();

        AddWarehouse(services, platform);
        AddPricing(services, platform);
        services.AddSingleton<LedgerAccounts>();
        services.AddSingleton<LedgerWriter>();
        services.AddScoped<LedgerReader>();
        services.AddSingleton<UsageReader>();
        AddBills(services, platform);
        AddReconciliation(services, platform);

        services.AddDependency(this, "postgres", required: true, async (provider, cancellationToken) =>
        {
            await using var scope = provider.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
            return await database.Database.CanConnectAsync(cancellationToken) ? null : "does not answer";
        });
        services.AddDependency(this, "clickhouse", required: true, async (provider, cancellationToken) =>
        {
            try
            {
                await provider.GetRequiredService<ClickHouseClient>().VersionAsync(cancellationToken);
                return null;
            }
            catch (ClickHouseException)
            {
                return "does not answer";
            }
        });
        services.AddDependency(this, "price_book", required: true, (provider, _) => ValueTask.FromResult(
            provider.GetRequiredService<PriceShelf>().Current is null ? "none was published yet" : null));
    }

    /// <inheritdoc />
    public void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<UsageRecordedConsumer, UsageRecordedConsumerDefinition>();
        bus.AddConsumer<EdgeWatermarkConsumer>();
        bus.AddConsumer<HoldsExpiredConsumer>();
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapSnapshot(Prices, (context, _) => ValueTask.FromResult(
            context.RequestServices.GetRequiredService<PriceShelf>().Current?.Snapshot));

        var services = endpoints.MapInternal();
        BudgetSpendingEndpoint.Map(services);
        BillPapers.Map(services);
        var admin = endpoints.MapAdmin();
        admin.AddEndpointFilter(DatabaseAway.AnswerAsync).AddEndpointFilter(WarehouseAway.AnswerAsync);
        PriceEndpoints.Map(admin);
        ProposalEndpoints.Map(admin);
        CompletenessEndpoint.Map(admin);
        QuarantineEndpoints.Map(admin);
        UsageEndpoint.Map(admin);
        TermsEndpoints.Map(admin);
        BillEndpoints.Map(admin);
        BillStepEndpoints.Map(admin);
        DocumentEndpoints.Map(admin);
        CreditNoteEndpoints.Map(admin);
        RerateEndpoints.Map(admin);
        ReconciliationEndpoints.Map(admin);
    }

    /// <inheritdoc />
    public async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.MigrateDatabaseAsync<BillingDbContext>(cancellationToken);
        await WarehouseSchema.ApplyAsync(services.GetRequiredService<ClickHouseClient>(), cancellationToken);
    }

    /// <inheritdoc />
    public async Task<string?> RebuildAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        (await services.GetRequiredService<BooksRebuild>().RunAsync(cancellationToken)).ToString();

    private static void AddWarehouse(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<ClickHouseOptions>(platform, ClickHouseOptions.Section);
        services.AddValidatedOptions<IngestOptions>(platform, IngestOptions.Section);
        services.AddSingleton(ClickHouseEndpoint.Parse(platform.Environment.ClickHouse));
        services.AddSingleton<ClickHouseClient>();
        services.AddSingleton<UsageQuarantine>();
        services.AddSingleton<UsageWriter>();
        services.AddSingleton<UsageIntake>();
        services.AddSingleton(provider => provider.GetRequiredService<UsageIntake>().Gathering());
        services.AddSingleton<UsageStore>();
        services.AddSingleton<ReceivedSequences>();
        services.AddValidatedOptions<CompletenessOptions>(platform, CompletenessOptions.Section);
        services.AddScoped<SpoolWatermarks>();
        services.AddScoped<SpoolsReader>();
        services.AddScoped<SuspectedUnbilled>();
        services.AddScoped<QuarantineDesk>();
        services.AddScoped<BudgetSpendingReader>();
        services.AddHostedService<QuarantineWatch>();
        services.AddValidatedOptions<RollupOptions>(platform, RollupOptions.Section);
        services.AddSingleton<RollupSweep>();
        services.AddSingleton<BooksRebuild>();
        services.AddHostedService(provider => provider.GetRequiredService<RollupSweep>());
    }

    private static void AddBills(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<BillOptions>(platform, BillOptions.Section);
        services.AddSingleton<UsageSumsReader>();
        services.AddScoped<TermsBook>();
        services.AddScoped<BillReckoner>();
        services.AddScoped<BillReader>();
        services.AddScoped<BillDesk>();
        services.AddScoped<IProposalKind, TermsProposals>();
        services.AddScoped<IProposalKind, ExchangeRateProposals>();
        services.AddScoped<IProposalKind, BillVoids>();
        services.AddScoped<IProposalKind, CreditNotes>();
        services.AddSingleton<Rerater>();
        services.AddScoped<IProposalKind, RerateProposals>();
    }

    private static void AddReconciliation(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<ReconciliationOptions>(platform, ReconciliationOptions.Section);
        services.AddHttpClient();
        services.AddSingleton<ReportPages>();
        services.AddSingleton<IProviderReports, OpenAiReports>();
        services.AddSingleton<IProviderReports, AnthropicReports>();
        services.AddSingleton<MeteredUsageReader>();
        services.AddScoped<ReconciliationBook>();
        services.AddScoped<ProviderPulls>();
        services.AddHostedService<ReconciliationSweep>();
        services.AddScoped<ReconciliationGate>();
        services.AddScoped<IProposalKind, ReconciliationProposals>();
    }

    private static void AddPricing(IServiceCollection services, PlatformContext platform)
    {
        services.AddValidatedOptions<PricingOptions>(platform, PricingOptions.Section);
        services.AddScoped<ProposalDesk>();
        services.AddScoped<IProposalKind, PriceProposals>();
        services.AddScoped<PriceBookWriter>();
        services.AddSingleton<PriceShelf>();
        services.AddSingleton<UsageRater>();
        services.AddHostedService<ConfiguredPrices>();
        services.AddScoped<UnpricedUsage>();
        services.AddSingleton<UnpricedSweep>();
        services.AddHostedService(provider => provider.GetRequiredService<UnpricedSweep>());
    }
}
