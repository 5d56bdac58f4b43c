using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// A key that callers use. It opens nothing while it is expired, deactivated (paused) or revoked (taken back).
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

    /// <summary>Who <see cref="User"/> names.</summary>
    public PlatformUser? Owner { get; set; }

    public KeyRole Role { get; set; }

    /// <summary>Patterns of the models it may use.</summary>
    public required List<string> Models { get; set; }

    /// <summary>Free text; <c>project</c> is read by limits and reports.</summary>
    public required Dictionary<string, string> Metadata { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? DeactivatedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>See <see cref="DeclaredBy"/>.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its own and those that were rotated out, as long as they are remembered.</summary>
    public List<KeySecret> Secrets { get; init; } = [];

    /// <summary>The secret that lasts as long as the key; null when another key of the file has taken it.</summary>
    public KeySecret? OwnSecret => Secrets.SingleOrDefault(secret => secret.EndsAt is null);

    /// <summary>The secret before, while its grace runs.</summary>
    public KeySecret? PreviousSecret(DateTimeOffset now) => Secrets.SingleOrDefault(secret => secret.EndsAt > now);

    /// <summary>
    /// Gives the key another secret. The one it had lives on until <paramref name="graceEndsAt"/>; one that lived on
    /// from a rotation before dies now, so that never more than two open the key.
    /// </summary>
    /// <returns>What the edges have to be told of the secrets it had.</returns>
    public IReadOnlyList<SecretWithdrawal> Rotate(KeySecret secret, DateTimeOffset graceEndsAt, DateTimeOffset now)
    {
        var withdrawn = new List<SecretWithdrawal>();
        if (PreviousSecret(now) is { } previous && previous != secret)
        {
            previous.EndsAt = now;
            withdrawn.Add(previous.Withdrawn(null));
        }

        if (OwnSecret is { } own && own != secret)
        {
            own.EndsAt = graceEndsAt;
            withdrawn.Add(own.Withdrawn(graceEndsAt > now ? graceEndsAt : null));
        }

        secret.EndsAt = null;
        if (!Secrets.Contains(secret))
        {
            Secrets.Add(secret);
        }

        return withdrawn;
    }

    /// <summary>What the edges have to be told when none of its secrets opens anything from an instant on.</summary>
    /// <param name="from">Null: at once.</param>
    public IEnumerable<SecretWithdrawal> Withdrawn(DateTimeOffset? from) =>
        Secrets.Select(secret => secret.Withdrawn(from is null || secret.EndsAt is null || from < secret.EndsAt
            ? from
            : secret.EndsAt));

    /// <summary>Since when it is out of service; null while it is not.</summary>
    public DateTimeOffset? StoppedAt => RevokedAt ?? DeactivatedAt ?? Owner?.DeactivatedAt;

    /// <summary>What it says, in words for the audit trail.</summary>
    public string Describe() =>
        $"tenant {Tenant}, team {Team ?? "none"}, user {User ?? "none"}, role {EnumText.Of(Role)}, "
        + $"models {string.Join(' ', Models)}, "
        + $"expires {(ExpiresAt is { } at ? MomentText.Format(at) : "never")}";

    // One that a later version gave opens nothing to this one.
    private static KeyRole RoleOf(string text) => EnumText.TryParse<KeyRole>(text, out var role) ? role : KeyRole.User;

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
            builder.PrimitiveCollection(key => key.Models).HasColumnName("models");
            builder.Property(key => key.Metadata).HasColumnName("metadata").HasColumnType("jsonb").HasConversion(
                metadata => KeyMetadata.ToJson(metadata),
                json => KeyMetadata.FromJson(json),
                KeyMetadata.Comparer);
            builder.Property(key => key.Role).HasColumnName("role").HasMaxLength(16).HasDefaultValue(KeyRole.User)
                .HasConversion(role => EnumText.Of(role), text => RoleOf(text));
            builder.Property(key => key.ExpiresAt).HasColumnName("expires_at");
            builder.Property(key => key.DeactivatedAt).HasColumnName("deactivated_at");
            builder.Property(key => key.RevokedAt).HasColumnName("revoked_at");
            builder.Property(key => key.Source).HasColumnName("source").HasMaxLength(16);
            builder.Property(key => key.CreatedAt).HasColumnName("created_at");
            builder.HasIndex(key => key.Name).IsUnique();
            builder.HasOne<Tenant>().WithMany().HasForeignKey(key => key.Tenant).OnDelete(DeleteBehavior.Restrict);
            builder.Ignore(key => key.StoppedAt);
            builder.HasMany(key => key.Secrets).WithOne().HasForeignKey(secret => secret.KeyId)
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
