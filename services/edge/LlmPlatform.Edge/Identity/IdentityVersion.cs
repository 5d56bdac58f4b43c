using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// One row: counts the changes to tenants, teams and keys, so that an edge sees with one look whether it is behind.
/// </summary>
internal sealed class IdentityVersion
{
    public const int OnlyId = 1;

    public required int Id { get; init; }

    public required long Version { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<IdentityVersion>
    {
        public void Configure(EntityTypeBuilder<IdentityVersion> builder)
        {
            builder.ToTable("identity_version").HasKey(version => version.Id);
            builder.Property(version => version.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(version => version.Version).HasColumnName("version").IsConcurrencyToken();
            builder.HasData(new IdentityVersion { Id = OnlyId, Version = 1 });
        }
    }
}
