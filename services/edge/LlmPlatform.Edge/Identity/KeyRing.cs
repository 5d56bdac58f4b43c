using System.Collections.Frozen;
using LlmPlatform.Hosting.Security;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Every virtual key that may call, by the hash of its secret. Immutable; replaced whole when keys change.
/// </summary>
internal sealed class KeyRing
{
    private const int MaxSecretLength = 512;

    private readonly FrozenDictionary<string, CallerIdentity>.AlternateLookup<ReadOnlySpan<char>> _callers;

    public KeyRing(long version, IReadOnlyDictionary<string, CallerIdentity> callersByHash)
    {
        Version = version;
        _callers = callersByHash
            .ToFrozenDictionary(
                caller => caller.Key,
                caller => caller.Value with { KeysVersion = version },
                StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>A ring that opens nothing.</summary>
    public static KeyRing Empty { get; } = new(-1, new Dictionary<string, CallerIdentity>());

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
}
