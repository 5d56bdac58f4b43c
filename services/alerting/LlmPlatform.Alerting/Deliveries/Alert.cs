using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// A threshold that a budget period crossed, as it stood then: deliveries say what is here, whatever the budget has
/// come to since. One for each (budget, period, threshold), by a unique key.
/// </summary>
internal sealed class Alert
{
    private const int Exhausted = 10_000;

    /// <summary>Made of the three that are unique, so that every path to the same alert gives the same id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Counts up: the order alerts are listed in.</summary>
    public long Number { get; init; }

    public required string BudgetId { get; init; }

    public required string BudgetName { get; init; }

    public required string Scope { get; init; }

    public required string PeriodId { get; init; }

    public required DateTimeOffset PeriodStartsAt { get; init; }

    public required DateTimeOffset PeriodEndsAt { get; init; }

    public required int ThresholdBasisPoints { get; init; }

    public required long SpentNanoUsd { get; init; }

    public required long LimitNanoUsd { get; init; }

    public required bool Enforced { get; init; }

    public required DateTimeOffset CrossedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>True when the budget refuses calls from here on.</summary>
    public bool RefusesCalls => Enforced && ThresholdBasisPoints >= Exhausted;

    public static Alert Of(BudgetThresholdCrossed crossed, DateTimeOffset now) => new()
    {
        Id = EventIdentity.Named(
            $"alert\n{crossed.BudgetId}\n{crossed.PeriodId}\n{crossed.ThresholdBasisPoints}"),
        BudgetId = crossed.BudgetId,
        BudgetName = crossed.BudgetName,
        Scope = crossed.Scope,
        PeriodId = crossed.PeriodId,
        PeriodStartsAt = crossed.PeriodStartsAt.ToUniversalTime(),
        PeriodEndsAt = crossed.PeriodEndsAt.ToUniversalTime(),
        ThresholdBasisPoints = crossed.ThresholdBasisPoints,
        SpentNanoUsd = crossed.SpentNanoUsd,
        LimitNanoUsd = crossed.LimitNanoUsd,
        Enforced = crossed.Enforced,
        CrossedAt = crossed.CrossedAt.ToUniversalTime(),
        CreatedAt = now,
    };

    internal sealed class Mapping : IEntityTypeConfiguration<Alert>
    {
        public void Configure(EntityTypeBuilder<Alert> builder)
        {
            builder.ToTable("alert");
            builder.HasKey(alert => alert.Id).HasName("pk_alert");
            builder.Property(alert => alert.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(alert => alert.Number).HasColumnName("number").UseIdentityAlwaysColumn();
            builder.Property(alert => alert.BudgetId).HasColumnName("budget_id");
            builder.Property(alert => alert.BudgetName).HasColumnName("budget_name");
            builder.Property(alert => alert.Scope).HasColumnName("scope");
            builder.Property(alert => alert.PeriodId).HasColumnName("period_id");
            builder.Property(alert => alert.PeriodStartsAt).HasColumnName("period_starts_at");
            builder.Property(alert => alert.PeriodEndsAt).HasColumnName("period_ends_at");
            builder.Property(alert => alert.ThresholdBasisPoints).HasColumnName("threshold_bp");
            builder.Property(alert => alert.SpentNanoUsd).HasColumnName("spent_nano_usd");
            builder.Property(alert => alert.LimitNanoUsd).HasColumnName("limit_nano_usd");
            builder.Property(alert => alert.Enforced).HasColumnName("enforced");
            builder.Property(alert => alert.CrossedAt).HasColumnName("crossed_at");
            builder.Property(alert => alert.CreatedAt).HasColumnName("created_at");
            builder.HasIndex(alert => new { alert.BudgetId, alert.PeriodId, alert.ThresholdBasisPoints }).IsUnique()
                .HasDatabaseName("ux_alert_crossing");
            builder.HasIndex(alert => alert.Number).IsUnique().HasDatabaseName("ux_alert_number");
        }
    }
}
