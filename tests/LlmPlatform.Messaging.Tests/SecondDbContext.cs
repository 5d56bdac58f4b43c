using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging.Tests;

public sealed class SecondDbContext(DbContextOptions<SecondDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("second");
        modelBuilder.AddMessagingTables();
    }
}
