using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Edge.Identity;

/// <summary>Every virtual key that may call, by the hash of its secret. Immutable; replaced whole when keys change.</summary>
internal sealed class KeyRing(long version, IReadOnlyDictionary<string, CallerIdentity> callersByHash)
{
    private const int MaxSecretLength = 512;

    private readonly FrozenDictionary<string, CallerIdentity> _callers =
        callersByHash.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A ring that opens nothing.</summary>
    public static KeyRing Empty { get; } = new(-1, new Dictionary<string, CallerIdentity>());

    public long Version { get; } = version;

    /// <summary>The hash a secret is stored and found by: SHA-256, lower-case hexadecimal.</summary>
    public static string HashOf(ReadOnlySpan<char> secret)
    {
        Span<byte> text = stackalloc byte[MaxSecretLength * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(secret, text)], hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>
    /// Finds who a secret belongs to. A lookup by hash gives nothing away by its time: what could be guessed byte by byte is
    /// the hash, which nobody can choose.
    /// </summary>
    public CallerIdentity? Find(ReadOnlySpan<char> secret) =>
        secret.Length is 0 or > MaxSecretLength ? null : _callers.GetValueOrDefault(HashOf(secret));
}
