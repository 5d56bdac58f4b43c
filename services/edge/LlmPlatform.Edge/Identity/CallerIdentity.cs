using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Who is calling: a virtual key and all that hangs on it, as of the snapshot that authenticated it. Immutable.
/// </summary>
internal sealed record CallerIdentity
{
    public required string KeyId { get; init; }

    public required string KeyName { get; init; }

    public required string Tenant { get; init; }

    public string? Tier { get; init; }

    public string? Team { get; init; }

    public string? CostCenter { get; init; }

    public string? User { get; init; }

    /// <summary>From the key's metadata entry <c>project</c>.</summary>
    public string? Project { get; init; }

    /// <summary>The models the key may use.</summary>
    public required GlobList Models { get; init; }

    /// <summary>The instant from which the key is refused; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
