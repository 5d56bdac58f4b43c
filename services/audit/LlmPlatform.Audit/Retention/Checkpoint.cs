using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Audit.Retention;

/// <summary>
/// Where the chain begins since records were dropped: the last of them by place and hash, which the record behind it
/// was sealed with. The chain has a record of it too. The database refuses to change or delete a row.
/// </summary>
internal sealed class Checkpoint
{
    /// <summary>The place of the last record that was dropped.</summary>
    public required long Sequence { get; init; }

    /// <summary>Its hash.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset DroppedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<Checkpoint>
    {
        public void Configure(EntityTypeBuilder<Checkpoint> builder)
        {
            builder.ToTable("checkpoint");
            builder.HasKey(checkpoint => checkpoint.Sequence).HasName("pk_checkpoint");
            builder.Property(checkpoint => checkpoint.Sequence).HasColumnName("sequence").ValueGeneratedNever();
            builder.Property(checkpoint => checkpoint.Hash).HasColumnName("hash");
            builder.Property(checkpoint => checkpoint.DroppedAt).HasColumnName("dropped_at");
        }
    }
}
