using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Every virtual key that may call, by the hash of its secret. Immutable; replaced whole when keys change.
/// </summary>
internal sealed class KeyRing
{
    private const int MaxSecretLength = 512;

    private const int HashCharacters = SHA256.HashSizeInBytes * 2;

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

    /// <summary>The hash a secret is stored and found by: SHA-256, lower-case hexadecimal.</summary>
    public static string HashOf(ReadOnlySpan<char> secret)
    {
        Span<char> text = stackalloc char[HashCharacters];
        Hash(secret, text);
        return new string(text);
    }

    /// <summary>
    /// Finds who a secret belongs to. A lookup by hash gives nothing away by its time: what could be guessed byte by
    /// byte is the hash, which nobody can choose.
    /// </summary>
    public CallerIdentity? Find(ReadOnlySpan<char> secret)
    {
        if (secret.Length is 0 or > MaxSecretLength)
        {
            return null;
        }

        Span<char> hash = stackalloc char[HashCharacters];
        Hash(secret, hash);
        return _callers.TryGetValue(hash, out var caller) ? caller : null;
    }

    private static void Hash(ReadOnlySpan<char> secret, Span<char> text)
    {
        Span<byte> bytes = stackalloc byte[MaxSecretLength * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(secret, bytes)], hash);
        Convert.TryToHexStringLower(hash, text, out _);
    }
}
