using LlmPlatform.Hosting.Security;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// What a caller shows to be known by a key. A key has one that lasts as long as it does and, while a rotation's grace
/// runs, the one before. Only the hash is kept.
/// </summary>
internal sealed class KeySecret
{
    private const int IdLength = 32;

    /// <summary>See <see cref="SecretHash"/>.</summary>
    public required string Hash { get; init; }

    public required string KeyId { get; set; }

    /// <summary>The first characters of the secret, so that people can tell secrets apart.</summary>
    public required string Prefix { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The instant from which it opens nothing; null: it is the key's own.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>Names it where it is withdrawn. Half of the hash: nothing can be found by it.</summary>
    public static string IdOf(string hash) => hash[..IdLength];

    /// <summary>Says that it opens nothing from an instant on; null: any more.</summary>
    public SecretWithdrawal Withdrawn(DateTimeOffset? from) => new(IdOf(Hash), from);

    public static KeySecret Of(string keyId, string secret, DateTimeOffset now) => new()
    {
        Hash = SecretHash.Of(secret),
        KeyId = keyId,
        Prefix = VirtualKeySecret.PrefixOf(secret),
        CreatedAt = now,
    };

    internal sealed class Mapping : IEntityTypeConfiguration<KeySecret>
    {
        public void Configure(EntityTypeBuilder<KeySecret> builder)
        {
            builder.ToTable("key_secret").HasKey(secret => secret.Hash);
            builder.Property(secret => secret.Hash).HasColumnName("hash").HasMaxLength(64);
            builder.Property(secret => secret.KeyId).HasColumnName("key_id").HasMaxLength(64);
            builder.Property(secret => secret.Prefix).HasColumnName("prefix").HasMaxLength(16);
            builder.Property(secret => secret.CreatedAt).HasColumnName("created_at");
            builder.Property(secret => secret.EndsAt).HasColumnName("ends_at");
            builder.HasIndex(secret => secret.KeyId);
        }
    }
}
