using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Security;

/// <summary>
/// The key that opens the admin API, and while it is being replaced the one before it. Only hashes are kept in memory;
/// they are compared in constant time. What services say to each other is opened by a key derived from it, so that the
/// master key itself never travels between them.
/// </summary>
public sealed class MasterKey
{
    private const string Variable = "LLM_PLATFORM_MASTER_KEY";
    private const int MinimumLength = 16;

    private readonly byte[][] _hashes;
    private readonly byte[][] _internalHashes;

    private MasterKey(params string[] keys)
    {
        _hashes = [.. keys.Select(HashOf)];
        InternalTokens =
        [
            .. keys.Select(key => Convert.ToHexStringLower(
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "llm-platform between services"u8))),
        ];
        _internalHashes = [.. InternalTokens.Select(HashOf)];
    }

    /// <summary>A key that nothing opens.</summary>
    public static MasterKey None { get; } = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>
    /// What one service shows another, to be tried in this order: a service that has not been restarted since the key
    /// was replaced knows the last one only. Secrets.
    /// </summary>
    internal IReadOnlyList<string> InternalTokens { get; }

    /// <summary>Reads the key from its variable; one that is absent, short or cannot be sent is a fault.</summary>
    /// <param name="value"><c>LLM_PLATFORM_MASTER_KEY</c>.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <param name="previous"><c>LLM_PLATFORM_MASTER_KEY_PREVIOUS</c>: opens too; null or empty: there is none.</param>
    public static MasterKey Read(string? value, ICollection<string> faults, string? previous = null)
    {
        var isGood = IsGood(Variable, value, faults);
        if (string.IsNullOrEmpty(previous))
        {
            return isGood ? new MasterKey(value!) : None;
        }

        return IsGood(Variable + "_PREVIOUS", previous, faults) && isGood ? new MasterKey(value!, previous) : None;
    }

    /// <summary>True when the text is the master key, or the one before it.</summary>
    public bool Opens(string candidate) => HasOneOf(candidate, _hashes);

    /// <summary>True when the text is what services of this platform show each other.</summary>
    public bool OpensInternal(string candidate) => HasOneOf(candidate, _internalHashes);

    private static bool IsGood(string name, string? value, ICollection<string> faults)
    {
        var wrong = string.IsNullOrEmpty(value) ? "is not set"
            : value.Length < MinimumLength ? "is too short"
            : IsHeaderText(value) ? null
            : "has a character that an HTTP header cannot carry, or white space at an end";
        if (wrong is not null)
        {
            faults.Add($"{name} {wrong}: set it to a random text of at least {MinimumLength} ASCII characters.");
        }

        return wrong is null;
    }

    // A key read from a file with its line end would open nothing: headers are trimmed.
    private static bool IsHeaderText(string value) =>
        value.Trim().Length == value.Length && value.All(letter => letter is >= ' ' and <= '~');

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // All are compared, whichever it is: the time says nothing of which came near.
    private static bool HasOneOf(string candidate, byte[][] hashes)
    {
        var hash = HashOf(candidate);
        var found = false;
        foreach (var known in hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return found;
    }
}
