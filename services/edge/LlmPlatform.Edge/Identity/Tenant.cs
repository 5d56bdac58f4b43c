using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>Who pays.</summary>
internal sealed class Tenant
{
    public required string Name { get; init; }

    public string? Tier { get; set; }

    /// <summary>See <see cref="DeclaredBy"/>.</summary>
    public required string Source { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<Tenant>
    {
        public void Configure(EntityTypeBuilder<Tenant> builder)
        {
            builder.ToTable("tenant").HasKey(tenant => tenant.Name);
            builder.Property(tenant => tenant.Name).HasColumnName("name").HasMaxLength(200);
            builder.Property(tenant => tenant.Tier).HasColumnName("tier").HasMaxLength(200);
            builder.Property(tenant => tenant.Source).HasColumnName("source").HasMaxLength(16);
            builder.Property(tenant => tenant.CreatedAt).HasColumnName("created_at");
        }
    }
}
