using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging.Tests;

public sealed class FirstDbContext(DbContextOptions<FirstDbContext> options) : DbContext(options)
{
    public DbSet<Thing> Things => Set<Thing>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("first");
        modelBuilder.AddMessagingTables();
        modelBuilder.ApplyConfiguration(new PeriodState.Mapping());
    }
}
