using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Limits;

/// <summary>
/// One row: counts the changes to limits and budgets, the version of the snapshot that edges pull, and how often the
/// counters in Redis were made anew.
/// </summary>
internal sealed class LimitsVersion
{
    public const int OnlyId = 1;

    public required int Id { get; init; }

    public required long Version { get; set; }

    /// <summary>0 until it was first looked whether counters are lost.</summary>
    public long CountersGeneration { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<LimitsVersion>
    {
        public void Configure(EntityTypeBuilder<LimitsVersion> builder)
        {
            builder.ToTable("limits_version").HasKey(version => version.Id).HasName("pk_limits_version");
            builder.Property(version => version.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(version => version.Version).HasColumnName("version").IsConcurrencyToken();
            builder.Property(version => version.CountersGeneration).HasColumnName("counters_generation");
            builder.HasData(new LimitsVersion { Id = OnlyId, Version = 1 });
        }
    }
}
