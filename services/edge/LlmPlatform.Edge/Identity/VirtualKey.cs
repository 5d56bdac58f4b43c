using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// A key that callers use. Only the hash of its secret is kept: the secret is shown once, when the key is made.
/// </summary>
internal sealed class VirtualKey
{
    /// <summary><c>key_</c> and 24 hexadecimal digits; what usage, audit and limits refer to.</summary>
    public required string Id { get; init; }

    /// <summary>Unique, for people; limits may name it: <c>key:acme-ci</c>.</summary>
    public required string Name { get; init; }

    public required string Tenant { get; set; }

    public string? Team { get; set; }

    public string? User { get; set; }

    /// <summary>See <see cref="KeyRing.HashOf"/>.</summary>
    public required string SecretHash { get; set; }

    /// <summary>The first characters of the secret, so that people can tell keys apart.</summary>
    public required string SecretPrefix { get; set; }

    /// <summary>Patterns of the models it may use.</summary>
    public required List<string> Models { get; set; }

    /// <summary>Free text; <c>project</c> is read by limits and reports.</summary>
    public required Dictionary<string, string> Metadata { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>See <see cref="DeclaredBy"/>.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<VirtualKey>
    {
        public void Configure(EntityTypeBuilder<VirtualKey> builder)
        {
            builder.ToTable("virtual_key").HasKey(key => key.Id);
            builder.Property(key => key.Id).HasColumnName("id").HasMaxLength(64);
            builder.Property(key => key.Name).HasColumnName("name").HasMaxLength(200);
            builder.Property(key => key.Tenant).HasColumnName("tenant").HasMaxLength(200);
            builder.Property(key => key.Team).HasColumnName("team").HasMaxLength(200);
            builder.Property(key => key.User).HasColumnName("user_name").HasMaxLength(200);
            builder.Property(key => key.SecretHash).HasColumnName("secret_hash").HasMaxLength(64);
            builder.Property(key => key.SecretPrefix).HasColumnName("secret_prefix").HasMaxLength(16);
            builder.PrimitiveCollection(key => key.Models).HasColumnName("models");
            builder.Property(key => key.Metadata).HasColumnName("metadata").HasColumnType("jsonb").HasConversion(
                metadata => KeyMetadata.ToJson(metadata),
                json => KeyMetadata.FromJson(json),
                KeyMetadata.Comparer);
            builder.Property(key => key.ExpiresAt).HasColumnName("expires_at");
            builder.Property(key => key.RevokedAt).HasColumnName("revoked_at");
            builder.Property(key => key.Source).HasColumnName("source").HasMaxLength(16);
            builder.Property(key => key.CreatedAt).HasColumnName("created_at");
            builder.HasIndex(key => key.Name).IsUnique();
            builder.HasIndex(key => key.SecretHash).IsUnique();
            builder.HasOne<Tenant>().WithMany().HasForeignKey(key => key.Tenant).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
