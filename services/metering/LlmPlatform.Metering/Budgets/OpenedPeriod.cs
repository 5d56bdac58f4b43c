using LlmPlatform.Metering.Limits;
using LlmPlatform.Money.Periods;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// A period of a budget with its instants as they were computed when it was first needed, so that new time zone rules
/// never move history.
/// </summary>
internal sealed class OpenedPeriod
{
    private const int SamplesMin = 12;

    public required string BudgetId { get; init; }

    public required string PeriodId { get; init; }

    /// <summary>The revision of the budget that cut it.</summary>
    public required long Revision { get; set; }

    public required DateTimeOffset StartsAt { get; set; }

    public required DateTimeOffset EndsAt { get; set; }

    /// <summary>When its beginning was announced; null: not yet.</summary>
    public DateTimeOffset? OpenedAt { get; set; }

    /// <summary>When its end was announced; null: not yet.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>As read last, in the budget's unit.</summary>
    public long Spent { get; set; }

    /// <summary>As read last, in the budget's unit.</summary>
    public long Held { get; set; }

    /// <summary>When the amounts last changed, or were first read.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>Notes the amounts, when they are news: a row is not written at every look.</summary>
    public void See(BudgetLevel level, DateTimeOffset now)
    {
        if (SeenAt is null || Spent != level.Spent || Held != level.Held)
            (Spent, Held, SeenAt) = (level.Spent, level.Held, now);
    }

    /// <summary>The moment of the grid that spending was last said as of; null: never.</summary>
    public DateTimeOffset? SampledAt { get; set; }

    /// <summary>What was said then.</summary>
    public long Sampled { get; set; }

    /// <summary>
    /// Whether it is time to say what has been spent, and there is something new to say; notes that it is said. Periods
    /// that are over before a trend could show are left out.
    /// </summary>
    public bool IsSampled(long spent, DateTimeOffset now, TimeSpan interval)
    {
        var grid = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % interval.Ticks), TimeSpan.Zero);
        if (EndedAt is not null || EndsAt - StartsAt < SamplesMin * interval || grid < StartsAt || SampledAt >= grid
            || Sampled == spent)
            return false;
        (SampledAt, Sampled) = (grid, spent);
        return true;
    }

    /// <summary>Makes sure that the row is there, whoever else does at this moment.</summary>
    public static Task EnsureAsync(
        MeteringDbContext database, Budget budget, BudgetPeriod period, CancellationToken cancellationToken) =>
        database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO metering.budget_period
                (budget_id, period_id, revision, starts_at, ends_at, spent_nano_usd, held_nano_usd)
            VALUES ({budget.Id}, {period.Id}, {budget.Revision}, {period.StartsAt}, {period.EndsAt}, 0, 0)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);

    internal sealed class Mapping : IEntityTypeConfiguration<OpenedPeriod>
    {
        public void Configure(EntityTypeBuilder<OpenedPeriod> builder)
        {
            builder.ToTable("budget_period");
            builder.HasKey(period => new { period.BudgetId, period.PeriodId }).HasName("pk_budget_period");
            builder.Property(period => period.BudgetId).HasColumnName("budget_id");
            builder.Property(period => period.PeriodId).HasColumnName("period_id");
            builder.Property(period => period.Revision).HasColumnName("revision");
            builder.Property(period => period.StartsAt).HasColumnName("starts_at");
            builder.Property(period => period.EndsAt).HasColumnName("ends_at");
            builder.Property(period => period.OpenedAt).HasColumnName("opened_at");
            builder.Property(period => period.EndedAt).HasColumnName("ended_at");
            // The columns are called as they were when every budget was one of money.
            builder.Property(period => period.Spent).HasColumnName("spent_nano_usd");
            builder.Property(period => period.Held).HasColumnName("held_nano_usd");
            builder.Property(period => period.SeenAt).HasColumnName("seen_at");
            builder.Property(period => period.SampledAt).HasColumnName("sampled_at");
            builder.Property(period => period.Sampled).HasColumnName("sampled_nano_usd");
            builder.HasIndex(period => period.EndsAt).HasDatabaseName("ix_budget_period_ends_at");
        }
    }
}
