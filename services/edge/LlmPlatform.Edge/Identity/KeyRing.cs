using System.Collections.Frozen;
using LlmPlatform.Hosting.Security;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Every virtual key that may call, by the hash of its secret, and the tenants that tokens may name. Immutable;
/// replaced whole when keys change.
/// </summary>
internal sealed class KeyRing
{
    private const int MaxSecretLength = 512;

    private readonly FrozenDictionary<string, CallerIdentity>.AlternateLookup<ReadOnlySpan<char>> _callers;

    private readonly FrozenDictionary<string, KeyRingContent.KnownTenant> _tenants;

    public KeyRing(KeyRingContent content)
    {
        Version = content.Version;
        _callers = content.Callers
            .ToFrozenDictionary(
                caller => caller.Key,
                caller => caller.Value with { KeysVersion = content.Version },
                StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _tenants = content.Tenants.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>A ring that opens nothing.</summary>
    public static KeyRing Empty { get; } = new(new KeyRingContent
    {
        Version = -1,
        Callers = new Dictionary<string, CallerIdentity>(),
        Tenants = new Dictionary<string, KeyRingContent.KnownTenant>(),
    });

    public long Version { get; }

    /// <summary>Finds who a secret belongs to.</summary>
    public CallerIdentity? Find(ReadOnlySpan<char> secret)
    {
        if (secret.Length is 0 or > MaxSecretLength)
        {
            return null;
        }

        Span<char> hash = stackalloc char[SecretHash.Length];
        SecretHash.Write(secret, hash);
        return FindByHash(hash);
    }

    /// <summary>The same by the hash of the secret.</summary>
    public CallerIdentity? FindByHash(ReadOnlySpan<char> secretHash) =>
        _callers.TryGetValue(secretHash, out var caller) ? caller : null;

    /// <summary>What is known of a tenant; null when there is none of that name.</summary>
    public KeyRingContent.KnownTenant? Tenant(string name) => _tenants.GetValueOrDefault(name);
}
