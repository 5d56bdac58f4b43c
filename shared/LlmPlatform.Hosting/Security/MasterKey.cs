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

    /// <summary>Reads the key from its variable; one that is absent, short or cannot be sent is a fault.</summary>
    public static MasterKey Read(string? value, ICollection<string> faults)
    {
        var wrong = string.IsNullOrEmpty(value) ? "is not set"
            : value.Length < MinimumLength ? "is too short"
            : IsHeaderText(value) ? null
            : "has a character that an HTTP header cannot carry, or white space at an end";
        if (wrong is null)
        {
            return new MasterKey(value!);
        }

        faults.Add(
            $"LLM_PLATFORM_MASTER_KEY {wrong}: set it to a random text of at least {MinimumLength} ASCII characters.");
        return None;
    }

    /// <summary>True when the text is the master key.</summary>
    public bool Opens(string candidate) => HasHash(candidate, _hash);

    /// <summary>True when the text is what services of this platform show each other.</summary>
    public bool OpensInternal(string candidate) => HasHash(candidate, _internalHash);

    // A key read from a file with its line end would open nothing: headers are trimmed.
    private static bool IsHeaderText(string value) =>
        value.Trim().Length == value.Length && value.All(letter => letter is >= ' ' and <= '~');

    private static bool HasHash(string candidate, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(candidate)), hash);
}
