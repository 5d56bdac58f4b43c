using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// A threshold that a budget period crossed, as it stood then: deliveries say what is here, whatever the budget has
/// come to since. One for each (budget, period, threshold, episode), by a unique key.
/// </summary>
internal sealed class Alert
{
    /// <summary>What it tells of, for machines.</summary>
    public const string Kind = "budget.threshold_crossed";

    private const int Exhausted = 10_000;

    /// <summary>Made of what is unique, so that every path to the same alert gives the same id.</summary>
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

    /// <summary>How often the period had crossed the threshold before, and come well below it again.</summary>
    public int Episode { get; init; }

    /// <summary>IANA name of the zone that the period is cut in.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The users who share the budget; empty: everybody in the scope.</summary>
    public string[] SharedUsers { get; init; } = [];

    /// <summary>0 of a budget of tokens.</summary>
    public required long SpentNanoUsd { get; init; }

    /// <summary>0 of a budget of tokens.</summary>
    public required long LimitNanoUsd { get; init; }

    /// <summary>Null of a budget of money.</summary>
    public long? SpentTokens { get; init; }

    /// <summary>Null of a budget of money.</summary>
    public long? LimitTokens { get; init; }

    public required bool Enforced { get; init; }

    public required DateTimeOffset CrossedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>True when the budget refuses calls from here on.</summary>
    public bool RefusesCalls => Enforced && ThresholdBasisPoints >= Exhausted;

    public AlertSeverity Severity => RefusesCalls ? AlertSeverity.Critical : AlertSeverity.Warning;

    /// <summary>The trouble it opens, which ends with the period or with a higher limit; null: none.</summary>
    public string? TroubleKey => RefusesCalls ? $"budget:{BudgetId}:{PeriodId}:{ThresholdBasisPoints}:{Episode}" : null;

    public static Alert Of(BudgetThresholdCrossed crossed, DateTimeOffset now) => new()
    {
        Id = EventIdentity.Named(
            $"alert\n{crossed.BudgetId}\n{crossed.PeriodId}\n{crossed.ThresholdBasisPoints}"
            + (crossed.Episode == 0 ? "" : FormattableString.Invariant($"\n{crossed.Episode}"))),
        BudgetId = crossed.BudgetId,
        BudgetName = crossed.BudgetName,
        Scope = crossed.Scope,
        PeriodId = crossed.PeriodId,
        PeriodStartsAt = crossed.PeriodStartsAt.ToUniversalTime(),
        PeriodEndsAt = crossed.PeriodEndsAt.ToUniversalTime(),
        ThresholdBasisPoints = crossed.ThresholdBasisPoints,
        Episode = crossed.Episode,
        TimeZone = crossed.TimeZone ?? "UTC",
        SharedUsers = [.. crossed.SharedUsers ?? []],
        SpentNanoUsd = crossed.SpentNanoUsd,
        LimitNanoUsd = crossed.LimitNanoUsd,
        SpentTokens = crossed.SpentTokens,
        LimitTokens = crossed.LimitTokens,
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
            builder.Property(alert => alert.Episode).HasColumnName("episode");
            builder.Property(alert => alert.TimeZone).HasColumnName("time_zone");
            builder.Property(alert => alert.SharedUsers).HasColumnName("shared_users");
            builder.Property(alert => alert.SpentNanoUsd).HasColumnName("spent_nano_usd");
            builder.Property(alert => alert.LimitNanoUsd).HasColumnName("limit_nano_usd");
            builder.Property(alert => alert.SpentTokens).HasColumnName("spent_tokens");
            builder.Property(alert => alert.LimitTokens).HasColumnName("limit_tokens");
            builder.Property(alert => alert.Enforced).HasColumnName("enforced");
            builder.Property(alert => alert.CrossedAt).HasColumnName("crossed_at");
            builder.Property(alert => alert.CreatedAt).HasColumnName("created_at");
            builder.Ignore(alert => alert.TroubleKey).Ignore(alert => alert.Severity);
            builder.HasIndex(alert => new
                { alert.BudgetId, alert.PeriodId, alert.ThresholdBasisPoints, alert.Episode })
                .IsUnique().HasDatabaseName("ux_alert_crossing");
            builder.HasIndex(alert => alert.Number).IsUnique().HasDatabaseName("ux_alert_number");
        }
    }
}
