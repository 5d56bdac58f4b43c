using LlmPlatform.Messaging;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.Metering.Limits;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.Metering;

/// <summary>The schema <c>metering</c>: what may be spent, and how far each period of it has come.</summary>
internal sealed class MeteringDbContext(DbContextOptions<MeteringDbContext> options) : DbContext(options)
{
    public const string Schema = "metering";

    public DbSet<Budget> Budgets => Set<Budget>();

    public DbSet<BudgetIncrease> Increases => Set<BudgetIncrease>();

    public DbSet<RateLimit> RateLimits => Set<RateLimit>();

    public DbSet<LimitsVersion> Versions => Set<LimitsVersion>();

    public DbSet<OpenedPeriod> Periods => Set<OpenedPeriod>();

    public DbSet<BudgetPeriodState> PeriodStates => Set<BudgetPeriodState>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfiguration(new Budget.Mapping());
        modelBuilder.ApplyConfiguration(new BudgetIncrease.Mapping());
        modelBuilder.ApplyConfiguration(new RateLimit.Mapping());
        modelBuilder.ApplyConfiguration(new LimitsVersion.Mapping());
        modelBuilder.ApplyConfiguration(new OpenedPeriod.Mapping());
        modelBuilder.ApplyConfiguration(new BudgetPeriodState.Mapping());
        modelBuilder.AddMessagingTables();
    }

    internal sealed class DesignTime : IDesignTimeDbContextFactory<MeteringDbContext>
    {
        public MeteringDbContext CreateDbContext(string[] args) =>
            new(ServiceDatabase.OptionsFor<MeteringDbContext>("Host=design-time", Schema));
    }
}
