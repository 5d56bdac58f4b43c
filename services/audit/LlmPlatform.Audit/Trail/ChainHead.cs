using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// The end of the chain: one row. It shows when records were cut off the end, which the chain alone cannot, and whoever
/// appends holds its lock, so that appends follow one another.
/// </summary>
internal sealed class ChainHead
{
    /// <summary>Always 1: there is one chain.</summary>
    public int Chain { get; init; } = 1;

    /// <summary>The last record's place; 0 while there is none.</summary>
    public long Sequence { get; init; }

    /// <summary>The last record's hash; <see cref="ChainHash.Genesis"/> while there is none.</summary>
    public byte[] Hash { get; init; } = [.. ChainHash.Genesis];

    internal sealed class Mapping : IEntityTypeConfiguration<ChainHead>
    {
        public void Configure(EntityTypeBuilder<ChainHead> builder)
        {
            builder.ToTable("head", table => table.HasCheckConstraint("ck_head_one", "chain = 1"));
            builder.HasKey(head => head.Chain).HasName("pk_head");
            builder.Property(head => head.Chain).HasColumnName("chain").ValueGeneratedNever();
            builder.Property(head => head.Sequence).HasColumnName("sequence");
            builder.Property(head => head.Hash).HasColumnName("hash");
            builder.HasData(new ChainHead());
        }
    }
}
