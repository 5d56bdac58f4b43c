using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// A person or program of a tenant, by whose name usage, limits and budgets speak of it. There is one as soon as a key
/// names it. While it is deactivated, none of its keys and tokens opens anything.
/// </summary>
internal sealed class PlatformUser
{
    public required string Tenant { get; init; }

    public required string Name { get; init; }

    public string? Email { get; set; }

    /// <summary>See <see cref="DeclaredBy"/>.</summary>
    public required string Source { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DeactivatedAt { get; set; }

    public List<VirtualKey> Keys { get; init; } = [];

    internal sealed class Mapping : IEntityTypeConfiguration<PlatformUser>
    {
        public void Configure(EntityTypeBuilder<PlatformUser> builder)
        {
            builder.ToTable("platform_user").HasKey(user => new { user.Tenant, user.Name });
            builder.Property(user => user.Tenant).HasColumnName("tenant").HasMaxLength(200);
            builder.Property(user => user.Name).HasColumnName("name").HasMaxLength(200);
            builder.Property(user => user.Email).HasColumnName("email").HasMaxLength(320);
            builder.Property(user => user.Source).HasColumnName("source").HasMaxLength(16);
            builder.Property(user => user.CreatedAt).HasColumnName("created_at");
            builder.Property(user => user.DeactivatedAt).HasColumnName("deactivated_at");
            builder.HasOne<Tenant>().WithMany().HasForeignKey(user => user.Tenant).OnDelete(DeleteBehavior.Restrict);
            builder.HasMany(user => user.Keys).WithOne(key => key.Owner)
                .HasForeignKey(key => new { key.Tenant, key.User })
                .OnDelete(DeleteBehavior.Restrict);
        }
    }
}
