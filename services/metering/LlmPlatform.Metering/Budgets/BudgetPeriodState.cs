using LlmPlatform.Money;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Budgets;

/// <summary>What <see cref="BudgetPeriodStateMachine"/> knows of one period of one budget.</summary>
internal sealed class BudgetPeriodState : SagaStateMachineInstance
{
    /// <summary>Follows from budget and period: <see cref="IdOf"/>.</summary>
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public string BudgetId { get; set; } = "";

    public string PeriodId { get; set; } = "";

    /// <summary>The revision the state was last decided by; 0 before the first level.</summary>
    public long Revision { get; set; }

    /// <summary>The newest level heard of, in the budget's unit.</summary>
    public long Spent { get; set; }

    /// <summary>When that level was read.</summary>
    public DateTimeOffset? ObservedAt { get; set; }

    /// <summary>The revision that has refused a request last.</summary>
    public long? RefusedRevision { get; set; }

    /// <summary>
    /// The thresholds announced so far; each once, unless spending has fallen well below it in between.
    /// </summary>
    public int[] AnnouncedBasisPoints { get; set; } = [];

    /// <summary>A threshold for each time that spending has fallen well below it after it was announced.</summary>
    public int[] RearmedBasisPoints { get; set; } = [];

    /// <summary>The end that was announced; null while the period is open.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What the message being handled decides; null: nothing. Not kept.</summary>
    public BudgetStanding? Standing { get; set; }

    /// <summary>How often a threshold has been announced and left behind.</summary>
    public int EpisodeOf(int threshold) => RearmedBasisPoints.Count(rearmed => rearmed == threshold);

    public static Guid IdOf(string budgetId, string periodId) =>
        EventIdentity.Named($"budget-period:{budgetId}:{periodId}");

    /// <summary>Of the announcement of a crossing, whoever makes it.</summary>
    public static Guid CrossingIdOf(
        string budgetId, string periodId, int thresholdBasisPoints, int episode = 0) => EventIdentity.Named(
        $"threshold:{budgetId}:{periodId}:{thresholdBasisPoints}" + (episode == 0 ? "" : $":{episode}"));

    internal sealed class Mapping : IEntityTypeConfiguration<BudgetPeriodState>
    {
        public void Configure(EntityTypeBuilder<BudgetPeriodState> builder)
        {
            builder.ToTable("budget_period_state");
            builder.HasKey(period => period.CorrelationId).HasName("pk_budget_period_state");
            builder.Property(period => period.CorrelationId).HasColumnName("correlation_id").ValueGeneratedNever();
            builder.Property(period => period.CurrentState).HasColumnName("current_state");
            builder.Property(period => period.BudgetId).HasColumnName("budget_id");
            builder.Property(period => period.PeriodId).HasColumnName("period_id");
            builder.Property(period => period.Revision).HasColumnName("revision");
            // The column is called as it was when every budget was one of money.
            builder.Property(period => period.Spent).HasColumnName("spent_nano_usd");
            builder.Property(period => period.ObservedAt).HasColumnName("observed_at");
            builder.Property(period => period.RefusedRevision).HasColumnName("refused_revision");
            builder.Property(period => period.AnnouncedBasisPoints).HasColumnName("announced_basis_points");
            builder.Property(period => period.RearmedBasisPoints).HasColumnName("rearmed_basis_points");
            builder.Property(period => period.EndedAt).HasColumnName("ended_at");
            builder.Ignore(period => period.Standing);
            builder.HasIndex(period => period.EndedAt).HasDatabaseName("ix_budget_period_state_ended_at");
        }
    }
}
