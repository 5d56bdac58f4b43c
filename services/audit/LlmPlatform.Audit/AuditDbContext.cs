using LlmPlatform.Audit.Retention;
using LlmPlatform.Audit.Trail;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.Audit;

/// <summary>The schema <c>audit</c>: the trail, and where its chain begins and ends.</summary>
internal sealed class AuditDbContext(DbContextOptions<AuditDbContext> options) : DbContext(options)
{
    public const string Schema = "audit";

    public DbSet<AuditRecord> Records => Set<AuditRecord>();

    public DbSet<ChainHead> Heads => Set<ChainHead>();

    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new AuditRecord.Mapping());
        modelBuilder.ApplyConfiguration(new ChainHead.Mapping());
        modelBuilder.ApplyConfiguration(new Checkpoint.Mapping());
    }

    internal sealed class DesignTime : IDesignTimeDbContextFactory<AuditDbContext>
    {
        public AuditDbContext CreateDbContext(string[] args) =>
            new(ServiceDatabase.OptionsFor<AuditDbContext>("Host=design-time", Schema));
    }
}
