using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Identity;

/// <summary>A key as the admin API shows it: never its secret.</summary>
internal sealed record KeyResponse(
    string Id,
    string Name,
    string Tenant,
    string? Team,
    string? User,
    KeyRole Role,
    string SecretPrefix,
    IReadOnlyList<string> Models,
    IReadOnlyDictionary<string, string> Metadata,
    string State,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? DeactivatedAt,
    DateTimeOffset? RevokedAt,
    KeyResponse.Previous? PreviousSecret,
    DateTimeOffset CreatedAt,
    string Source)
{
    /// <summary>The secret, in the answer that makes it and never again.</summary>
    public string? Key { get; init; }

    /// <summary>What the key can do now: <c>active</c>, or why nothing.</summary>
    public static string StateOf(VirtualKey key, DateTimeOffset now) =>
        key.RevokedAt is not null ? "revoked"
        : key.StoppedAt is not null ? "inactive"
        : key.ExpiresAt <= now ? "expired"
        : "active";

    public static KeyResponse Of(VirtualKey key, DateTimeOffset now, string? secret = null) => new(
        key.Id,
        key.Name,
        key.Tenant,
        key.Team,
        key.User,
        key.Role,
        key.OwnSecret?.Prefix ?? "",
        key.Models,
        key.Metadata,
        StateOf(key, now),
        key.ExpiresAt,
        key.DeactivatedAt,
        key.RevokedAt,
        key.PreviousSecret(now) is { EndsAt: { } endsAt } previous ? new Previous(previous.Prefix, endsAt) : null,
        key.CreatedAt,
        key.Source)
    { Key = secret };

    /// <summary>The secret before, while it is valid beside the key's own.</summary>
    /// <param name="SecretPrefix">Its first characters.</param>
    /// <param name="EndsAt">The instant it dies.</param>
    internal sealed record Previous(string SecretPrefix, DateTimeOffset EndsAt);
}
