using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Messaging.Tests;

public sealed class PeriodState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public string Name { get; set; } = "";

    public int Openings { get; set; }

    public int Sum { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<PeriodState>
    {
        public void Configure(EntityTypeBuilder<PeriodState> builder)
        {
            builder.ToTable("period");
            builder.HasKey(period => period.CorrelationId);
            builder.Property(period => period.CorrelationId).HasColumnName("period_id");
            builder.Property<uint>("version").IsRowVersion();
        }
    }
}
