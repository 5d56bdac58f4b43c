using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Forecasts;
using LlmPlatform.Alerting.Incidents;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.Alerting;

/// <summary>
/// The schema <c>alerting</c>: what is told, to which channels, and how far that got. It holds no secret.
/// </summary>
internal sealed class AlertingDbContext(DbContextOptions<AlertingDbContext> options) : DbContext(options)
{
    public const string Schema = "alerting";

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<Delivery> Deliveries => Set<Delivery>();

    public DbSet<Incident> Incidents => Set<Incident>();

    public DbSet<SpendingSample> SpendingSamples => Set<SpendingSample>();

    public DbSet<DisabledChannel> DisabledChannels => Set<DisabledChannel>();

    public DbSet<RefusedAddress> RefusedAddresses => Set<RefusedAddress>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new Alert.Mapping());
        modelBuilder.ApplyConfiguration(new Delivery.Mapping());
        modelBuilder.ApplyConfiguration(new Incident.Mapping());
        modelBuilder.ApplyConfiguration(new SpendingSample.Mapping());
        modelBuilder.ApplyConfiguration(new DisabledChannel.Mapping());
        modelBuilder.ApplyConfiguration(new RefusedAddress.Mapping());
        modelBuilder.AddMessagingTables();
    }

    internal sealed class DesignTime : IDesignTimeDbContextFactory<AlertingDbContext>
    {
        public AlertingDbContext CreateDbContext(string[] args) =>
            new(ServiceDatabase.OptionsFor<AlertingDbContext>("Host=design-time", Schema));
    }
}
