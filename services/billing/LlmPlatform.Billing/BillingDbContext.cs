using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Proposals;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.Billing;

/// <summary>The schema <c>billing</c>: prices, the ledger, bills, and the usage that could not be stored.</summary>
internal sealed class BillingDbContext(DbContextOptions<BillingDbContext> options) : DbContext(options)
{
    public const string Schema = "billing";

    public DbSet<PriceVersion> PriceVersions => Set<PriceVersion>();

    public DbSet<PublishedPriceBook> PriceBooks => Set<PublishedPriceBook>();

    public DbSet<QuarantinedUsage> QuarantinedUsage => Set<QuarantinedUsage>();

    public DbSet<Proposal> Proposals => Set<Proposal>();

    public DbSet<UnpricedSku> UnpricedSkus => Set<UnpricedSku>();

    public DbSet<TermsVersion> Terms => Set<TermsVersion>();

    public DbSet<ExchangeRate> ExchangeRates => Set<ExchangeRate>();

    public DbSet<BillRow> Bills => Set<BillRow>();

    public DbSet<CreditNote> CreditNotes => Set<CreditNote>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new PriceVersion.Mapping());
        modelBuilder.ApplyConfiguration(new PublishedPriceBook.Mapping());
        modelBuilder.ApplyConfiguration(new QuarantinedUsage.Mapping());
        modelBuilder.ApplyConfiguration(new Proposal.Mapping());
        modelBuilder.ApplyConfiguration(new UnpricedSku.Mapping());
        modelBuilder.ApplyConfiguration(new TermsVersion.Mapping());
        modelBuilder.ApplyConfiguration(new ExchangeRate.Mapping());
        modelBuilder.ApplyConfiguration(new BillRow.Mapping());
        modelBuilder.ApplyConfiguration(new CreditNote.Mapping());
        modelBuilder.AddMessagingTables();
    }

    /// <summary>Makes the context for <c>dotnet ef</c>; no server is asked.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<BillingDbContext>
    {
        public BillingDbContext CreateDbContext(string[] args) =>
            new(ServiceDatabase.OptionsFor<BillingDbContext>("Host=design-time", Schema));
    }
}
