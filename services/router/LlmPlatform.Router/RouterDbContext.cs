using LlmPlatform.Messaging;
using LlmPlatform.Router.Catalog;
using LlmPlatform.Router.Health;
using LlmPlatform.Router.Publishing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router;

/// <summary>The schema <c>router</c>: what operators added, what was published, and what the probes saw.</summary>
internal sealed class RouterDbContext(DbContextOptions<RouterDbContext> options) : DbContext(options)
{
    public const string Schema = "router";

    public DbSet<PublishedSnapshot> Snapshots => Set<PublishedSnapshot>();

    public DbSet<ProviderHealth> ProviderHealth => Set<ProviderHealth>();

    public DbSet<CatalogEntry> CatalogEntries => Set<CatalogEntry>();

    public DbSet<CatalogRevision> CatalogRevisions => Set<CatalogRevision>();

    public DbSet<DeploymentDemotion> DeploymentDemotions => Set<DeploymentDemotion>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new PublishedSnapshot.Mapping());
        modelBuilder.ApplyConfiguration(new ProviderHealth.Mapping());
        modelBuilder.ApplyConfiguration(new DeploymentDemotion.Mapping());
        modelBuilder.ApplyConfiguration(new CatalogEntry.Mapping());
        modelBuilder.ApplyConfiguration(new CatalogRevision.Mapping());
        modelBuilder.AddMessagingTables();
    }
}
