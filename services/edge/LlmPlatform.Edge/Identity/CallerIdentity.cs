using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Who is calling: a virtual key and all that hangs on it, as of the snapshot that authenticated it. Immutable.
/// </summary>
internal sealed record CallerIdentity
{
    public required string KeyId { get; init; }

    public required string KeyName { get; init; }

    /// <summary>Which of the key's secrets was shown; see <see cref="KeySecret.IdOf"/>.</summary>
    public string? SecretId { get; init; }

    /// <summary>The version of the keys that says all this.</summary>
    [JsonIgnore]
    public long KeysVersion { get; init; }

    public required string Tenant { get; init; }

    public string? Tier { get; init; }

    public string? Team { get; init; }

    public string? CostCenter { get; init; }

    public string? User { get; init; }

    /// <summary>From the key's metadata entry <c>project</c>.</summary>
    public string? Project { get; init; }

    /// <summary>From the key's metadata entry <c>tags</c>: what its calls are labelled with; null: nothing.</summary>
    public IReadOnlyList<UsageTag>? Tags { get; init; }

    /// <summary>The labels of the key, for rules; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What the bearer may do beside calling models.</summary>
    public KeyRole Role { get; init; }

    /// <summary>The models the key may use.</summary>
    public required GlobList Models { get; init; }

    /// <summary>The instant from which the key is refused; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// The instant from which this secret of it is refused, because another took its place; null: none did.
    /// </summary>
    public DateTimeOffset? ReplacedAt { get; init; }

    /// <summary>Why it is refused at an instant; null when it is not.</summary>
    public GatewayError? FaultAt(DateTimeOffset now) =>
        ReplacedAt <= now
            ? GatewayError.InvalidApiKey(
                $"This secret of the API key '{KeyName}' was replaced, and its grace is over. Use the new one.")
        : ExpiresAt <= now
            ? GatewayError.InvalidApiKey(
                $"The API key '{KeyName}' has expired. Ask your platform team for a new one.")
        : null;
}
