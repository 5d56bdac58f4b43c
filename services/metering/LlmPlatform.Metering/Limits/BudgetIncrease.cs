using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Limits;

/// <summary>
/// More than a budget's limit for a while: one person asks for it, another approves it, and its end is an instant.
/// </summary>
internal sealed class BudgetIncrease
{
    public const int ReasonLength = 500;

    public required Guid Id { get; init; }

    public required string BudgetId { get; init; }

    /// <summary>In the budget's unit.</summary>
    public required long Amount { get; init; }

    /// <summary>The first instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    public required string Reason { get; init; }

    public required string AskedBy { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public string? ApprovedBy { get; private set; }

    /// <summary>The first instant of it; null: it was not approved.</summary>
    public DateTimeOffset? ApprovedAt { get; private set; }

    /// <summary>When somebody took it back, before its end or before it was approved; null: nobody did.</summary>
    public DateTimeOffset? WithdrawnAt { get; private set; }

    /// <summary>The first instant after it, as it came out.</summary>
    public DateTimeOffset EndsAt => WithdrawnAt < Until ? WithdrawnAt.Value : Until;

    /// <summary>What it adds and when; null: nothing, it was not approved.</summary>
    public LimitIncrease? Added => ApprovedAt is { } from ? new LimitIncrease(from, EndsAt, Amount) : null;

    public bool IsOpenAt(DateTimeOffset instant) => instant < EndsAt;

    /// <summary>Whether one more decision can be made about it.</summary>
    public BudgetIncreaseState StateAt(DateTimeOffset instant) => (IsOpenAt(instant), ApprovedAt, WithdrawnAt) switch
    {
        (true, null, _) => BudgetIncreaseState.Asked,
        (true, _, _) => BudgetIncreaseState.InForce,
        (false, _, not null) => BudgetIncreaseState.Withdrawn,
        (false, null, _) => BudgetIncreaseState.Lapsed,
        _ => BudgetIncreaseState.Over,
    };

    public void Approve(string by, DateTimeOffset now) => (ApprovedBy, ApprovedAt) = (by, now);

    public void Withdraw(DateTimeOffset now) => WithdrawnAt = now;

    internal sealed class Mapping : IEntityTypeConfiguration<BudgetIncrease>
    {
        public void Configure(EntityTypeBuilder<BudgetIncrease> builder)
        {
            builder.ToTable("budget_increase", table => table.HasCheckConstraint(
                "ck_budget_increase_four_eyes", "approved_by <> asked_by"));
            builder.HasKey(increase => increase.Id).HasName("pk_budget_increase");
            builder.Property(increase => increase.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(increase => increase.BudgetId).HasColumnName("budget_id");
            builder.Property(increase => increase.Amount).HasColumnName("amount");
            builder.Property(increase => increase.Until).HasColumnName("until");
            builder.Property(increase => increase.Reason).HasColumnName("reason").HasMaxLength(ReasonLength);
            builder.Property(increase => increase.AskedBy).HasColumnName("asked_by");
            builder.Property(increase => increase.AskedAt).HasColumnName("asked_at");
            builder.Property(increase => increase.ApprovedBy).HasColumnName("approved_by");
            builder.Property(increase => increase.ApprovedAt).HasColumnName("approved_at");
            builder.Property(increase => increase.WithdrawnAt).HasColumnName("withdrawn_at");
            builder.Ignore(increase => increase.EndsAt).Ignore(increase => increase.Added);
            builder.HasIndex(increase => increase.BudgetId).HasDatabaseName("ix_budget_increase_budget_id");
        }
    }
}
