using LlmPlatform.Edge.Identity;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.Edge;

/// <summary>
/// The schema <c>edge</c>: who may call. Shared by all edges; never touched on the path of a request.
/// </summary>
internal sealed class EdgeDbContext(DbContextOptions<EdgeDbContext> options) : DbContext(options)
{
    public const string Schema = "edge";

    public DbSet<Tenant> Tenants => Set<Tenant>();

    public DbSet<Team> Teams => Set<Team>();

    public DbSet<VirtualKey> Keys => Set<VirtualKey>();

    public DbSet<PlatformUser> Users => Set<PlatformUser>();

    public DbSet<KeySecret> Secrets => Set<KeySecret>();

    public DbSet<IdentityVersion> Versions => Set<IdentityVersion>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new Tenant.Mapping());
        modelBuilder.ApplyConfiguration(new Team.Mapping());
        modelBuilder.ApplyConfiguration(new VirtualKey.Mapping());
        modelBuilder.ApplyConfiguration(new KeySecret.Mapping());
        modelBuilder.ApplyConfiguration(new PlatformUser.Mapping());
        modelBuilder.ApplyConfiguration(new IdentityVersion.Mapping());
        modelBuilder.AddMessagingTables();
    }

    internal sealed class DesignTime : IDesignTimeDbContextFactory<EdgeDbContext>
    {
        public EdgeDbContext CreateDbContext(string[] args) =>
            new(ServiceDatabase.OptionsFor<EdgeDbContext>("Host=design-time", Schema));
    }
}
