using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Alerting.Forecasts;

/// <summary>What a budget period had spent at a moment of the grid. A repeat is the same row.</summary>
internal sealed class SpendingSample
{
    public required string BudgetId { get; init; }

    public required string PeriodId { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    public required DateTimeOffset PeriodStartsAt { get; init; }

    /// <summary>In the budget's unit.</summary>
    public required long Spent { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<SpendingSample>
    {
        public void Configure(EntityTypeBuilder<SpendingSample> builder)
        {
            builder.ToTable("spending_sample");
            builder.HasKey(sample => new { sample.BudgetId, sample.TakenAt, sample.PeriodId })
                .HasName("pk_spending_sample");
            builder.Property(sample => sample.BudgetId).HasColumnName("budget_id");
            builder.Property(sample => sample.PeriodId).HasColumnName("period_id");
            builder.Property(sample => sample.TakenAt).HasColumnName("taken_at");
            builder.Property(sample => sample.PeriodStartsAt).HasColumnName("period_starts_at");
            // Called as it was when every budget was one of money.
            builder.Property(sample => sample.Spent).HasColumnName("spent_nano_usd");
            builder.HasIndex(sample => sample.TakenAt).HasDatabaseName("ix_spending_sample_taken_at");
        }
    }
}
