using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// A usage event that cannot be stored as it is. Nothing of it is lost: a person looks, corrects and sends again.
/// </summary>
internal sealed class QuarantinedUsage
{
    public const int ReasonLength = 1000;

    public required Guid EventId { get; init; }

    public required int EventVersion { get; init; }

    public required string Tenant { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required Guid EdgeId { get; init; }

    public required long Epoch { get; init; }

    public required long Sequence { get; init; }

    /// <summary>The event as JSON.</summary>
    public required string Payload { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset QuarantinedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<QuarantinedUsage>
    {
        public void Configure(EntityTypeBuilder<QuarantinedUsage> builder)
        {
            builder.ToTable("usage_quarantine");

            // The same place in the same spool is the same delivery: a repeat changes nothing.
            builder.HasKey(row => new { row.EdgeId, row.Epoch, row.Sequence }).HasName("pk_usage_quarantine");
            builder.Property(row => row.EdgeId).HasColumnName("edge_id");
            builder.Property(row => row.Epoch).HasColumnName("edge_epoch");
            builder.Property(row => row.Sequence).HasColumnName("edge_sequence");
            builder.Property(row => row.EventId).HasColumnName("event_id");
            builder.Property(row => row.EventVersion).HasColumnName("event_version");
            builder.Property(row => row.Tenant).HasColumnName("tenant");
            builder.Property(row => row.OccurredAt).HasColumnName("occurred_at");

            // json, not jsonb: it keeps the text as it came, an escaped NUL included.
            builder.Property(row => row.Payload).HasColumnName("payload").HasColumnType("json");
            builder.Property(row => row.Reason).HasColumnName("reason").HasMaxLength(ReasonLength);
            builder.Property(row => row.QuarantinedAt).HasColumnName("quarantined_at");
            builder.HasIndex(row => new { row.Tenant, row.OccurredAt })
                .HasDatabaseName("ix_usage_quarantine_tenant_occurred_at");
        }
    }
}
