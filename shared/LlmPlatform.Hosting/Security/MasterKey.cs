using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Security;

/// <summary>
/// The key that opens the admin API. Only its hash is kept in memory; it is compared in constant time. What services
/// say to each other is opened by a key derived from it, so that the master key itself never travels between them.
/// </summary>
public sealed class MasterKey
{
    private const int MinimumLength = 16;

    private readonly byte[] _hash;
    private readonly byte[] _internalHash;

    private MasterKey(string key)
    {
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        InternalToken = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "llm-platform between services"u8));
        _internalHash = SHA256.HashData(Encoding.UTF8.GetBytes(InternalToken));
    }

    /// <summary>A key that nothing opens.</summary>
    public static MasterKey None { get; } = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>What one service shows another. A secret.</summary>
    internal string InternalToken { get; }

    /// <summary>Reads the key from its variable; an absent or short one is a fault.</summary>
    public static MasterKey Read(string? value, ICollection<string> faults)
    {
        if (value is { Length: >= MinimumLength })
        {
            return new MasterKey(value);
        }

        faults.Add(
            $"LLM_PLATFORM_MASTER_KEY is {(string.IsNullOrEmpty(value) ? "not set" : "too short")}: "
            + $"set it to a random text of at least {MinimumLength} characters.");
        return None;
    }

    /// <summary>True when the text is the master key.</summary>
    public bool Opens(string candidate) => Equals(candidate, _hash);

    /// <summary>True when the text is what services of this platform show each other.</summary>
    public bool OpensInternal(string candidate) => Equals(candidate, _internalHash);

    private static bool Equals(string candidate, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(candidate)), hash);
}
