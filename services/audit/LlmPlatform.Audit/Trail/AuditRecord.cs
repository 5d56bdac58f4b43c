using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// One link of the chain. <see cref="Content"/> is what is sealed; the columns beside it repeat parts of it, so that
/// they can be searched. The database refuses to change or delete a row.
/// </summary>
internal sealed class AuditRecord
{
    /// <summary>The place in the chain: from 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>The id of the event that is recorded. Unique: an event that arrives twice is recorded once.</summary>
    public required Guid RecordId { get; init; }

    /// <summary>One of <see cref="RecordKinds"/>.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public string? Tenant { get; init; }

    public string? KeyId { get; init; }

    public string? Actor { get; init; }

    public string? Action { get; init; }

    public string? Resource { get; init; }

    public int? Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? Model { get; init; }

    public string? Provider { get; init; }

    /// <summary>A <see cref="TrailContent"/> as UTF-8 JSON, byte for byte as it was hashed.</summary>
    public required byte[] Content { get; init; }

    /// <summary>The hash of the record before; <see cref="ChainHash.Genesis"/> for the first.</summary>
    public required byte[] PreviousHash { get; init; }

    /// <summary>As <see cref="ChainHash.Of"/> gives it.</summary>
    public required byte[] Hash { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<AuditRecord>
    {
        public void Configure(EntityTypeBuilder<AuditRecord> builder)
        {
            builder.ToTable("record");
            builder.HasKey(record => record.Sequence).HasName("pk_record");
            builder.Property(record => record.Sequence).HasColumnName("sequence").ValueGeneratedNever();
            builder.Property(record => record.RecordId).HasColumnName("record_id");
            builder.Property(record => record.Kind).HasColumnName("kind");
            builder.Property(record => record.OccurredAt).HasColumnName("occurred_at");
            builder.Property(record => record.RecordedAt).HasColumnName("recorded_at");
            builder.Property(record => record.Tenant).HasColumnName("tenant");
            builder.Property(record => record.KeyId).HasColumnName("key_id");
            builder.Property(record => record.Actor).HasColumnName("actor");
            builder.Property(record => record.Action).HasColumnName("action");
            builder.Property(record => record.Resource).HasColumnName("resource");
            builder.Property(record => record.Status).HasColumnName("status");
            builder.Property(record => record.ErrorCode).HasColumnName("error_code");
            builder.Property(record => record.Model).HasColumnName("model");
            builder.Property(record => record.Provider).HasColumnName("provider");
            builder.Property(record => record.Content).HasColumnName("content");
            builder.Property(record => record.PreviousHash).HasColumnName("previous_hash");
            builder.Property(record => record.Hash).HasColumnName("hash");
            builder.HasIndex(record => record.RecordId).IsUnique().HasDatabaseName("ux_record_record_id");
            builder.HasIndex(record => new { record.Tenant, record.Sequence }).HasDatabaseName("ix_record_tenant");
            builder.HasIndex(record => new { record.KeyId, record.Sequence }).HasDatabaseName("ix_record_key");

            // Appended in the order of time, or nearly: a range index is enough and costs an append next to nothing.
            builder.HasIndex(record => record.OccurredAt).HasMethod("brin").HasDatabaseName("ix_record_occurred_at");

            // Few among many requests, and asked for by themselves.
            builder.HasIndex(record => new { record.Kind, record.Sequence }).HasDatabaseName("ix_record_admin_change")
                .HasFilter($"kind = '{RecordKinds.AdminChange}'");
        }
    }
}
