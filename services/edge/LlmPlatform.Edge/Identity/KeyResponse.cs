namespace LlmPlatform.Edge.Identity;

/// <summary>A key as the admin API shows it: never its secret.</summary>
internal sealed record KeyResponse(
    string Id,
    string Name,
    string Tenant,
    string? Team,
    string? User,
    string SecretPrefix,
    IReadOnlyList<string> Models,
    IReadOnlyDictionary<string, string> Metadata,
    string State,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset CreatedAt,
    string Source)
{
    /// <summary>The secret, in the answer that creates the key and never again.</summary>
    public string? Key { get; init; }

    public static KeyResponse Of(VirtualKey key, DateTimeOffset now, string? secret = null) => new(
        key.Id,
        key.Name,
        key.Tenant,
        key.Team,
        key.User,
        key.SecretPrefix,
        key.Models,
        key.Metadata,
        key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "active",
        key.ExpiresAt,
        key.RevokedAt,
        key.CreatedAt,
        key.Source) { Key = secret };
}
