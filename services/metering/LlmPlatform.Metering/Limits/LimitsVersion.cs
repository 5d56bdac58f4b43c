using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Metering.Limits;

/// <summary>One row: counts the changes to limits and budgets, the version of the snapshot that edges pull.</summary>
internal sealed class LimitsVersion
{
    public const int OnlyId = 1;

    public required int Id { get; init; }

    public required long Version { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<LimitsVersion>
    {
        public void Configure(EntityTypeBuilder<LimitsVersion> builder)
        {
            builder.ToTable("limits_version").HasKey(version => version.Id).HasName("pk_limits_version");
            builder.Property(version => version.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(version => version.Version).HasColumnName("version").IsConcurrencyToken();
            builder.HasData(new LimitsVersion { Id = OnlyId, Version = 1 });
        }
    }
}
