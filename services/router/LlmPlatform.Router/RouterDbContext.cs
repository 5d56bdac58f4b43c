using LlmPlatform.Messaging;
using LlmPlatform.Router.Health;
using LlmPlatform.Router.Publishing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router;

/// <summary>The schema <c>router</c>: what was published, and what the probes saw.</summary>
internal sealed class RouterDbContext(DbContextOptions<RouterDbContext> options) : DbContext(options)
{
    public const string Schema = "router";

    public DbSet<PublishedSnapshot> Snapshots => Set<PublishedSnapshot>();

    public DbSet<ProviderHealth> ProviderHealth => Set<ProviderHealth>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new PublishedSnapshot.Mapping());
        modelBuilder.ApplyConfiguration(new ProviderHealth.Mapping());
        modelBuilder.AddMessagingTables();
    }
}
