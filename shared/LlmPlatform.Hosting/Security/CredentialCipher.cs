using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Security;

/// <summary>
/// Encrypts provider credentials wherever they are kept or travel (database, snapshot, disk): AES-256-GCM, a fresh
/// nonce each time, the name of what is encrypted bound in, so that one provider's credential cannot be put in
/// another's place. While its key is being replaced, what was encrypted with the one before still opens.
/// </summary>
public sealed class CredentialCipher
{
    private const string Variable = "LLM_PLATFORM_ENCRYPTION_KEY";
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Prefix = "v1.";

    private readonly byte[] _key;
    private readonly byte[]? _previous;

    private CredentialCipher(byte[] key, byte[]? previous)
    {
        _key = key;
        _previous = previous;
    }

    /// <summary>Reads the key from its variable; an absent or malformed one is a fault.</summary>
    /// <param name="value"><c>LLM_PLATFORM_ENCRYPTION_KEY</c>.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <param name="previous">
    /// <c>LLM_PLATFORM_ENCRYPTION_KEY_PREVIOUS</c>: decrypts too; null or empty: there is none.
    /// </param>
    public static CredentialCipher? Read(string? value, ICollection<string> faults, string? previous = null)
    {
        var key = KeyOf(Variable, value, faults);
        var before = string.IsNullOrEmpty(previous) ? null : KeyOf(Variable + "_PREVIOUS", previous, faults);
        return key is null || (before is null && !string.IsNullOrEmpty(previous))
            ? null
            : new CredentialCipher(key, before);
    }

    /// <summary>
    /// Keys for another purpose, which tell nothing of these: that of the key in force, and behind it that of the one
    /// before it, where there is one.
    /// </summary>
    /// <param name="purpose">Names it; the same purpose gives the same keys.</param>
    public IReadOnlyList<byte[]> DeriveKeys(string purpose)
    {
        var info = Encoding.UTF8.GetBytes(purpose);
        byte[][] keys = _previous is null ? [_key] : [_key, _previous];
        return [.. keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeySize, info: info))];
    }

    /// <summary>Encrypts a secret.</summary>
    /// <param name="secret">The text to protect.</param>
    /// <param name="boundTo">What the secret belongs to; the same text opens it again.</param>
    public string Encrypt(string secret, string boundTo)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var output = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(
            output.AsSpan(0, NonceSize),
            plain,
            output.AsSpan(NonceSize, plain.Length),
            output.AsSpan(NonceSize + plain.Length),
            Encoding.UTF8.GetBytes(boundTo));
        return Prefix + Convert.ToBase64String(output);
    }

    /// <summary>Decrypts what <see cref="Encrypt"/> made, with this key or the one before it.</summary>
    /// <exception cref="CryptographicException">Another key, another owner, or not a cipher text at all.</exception>
    public string Decrypt(string cipherText, string boundTo)
    {
        var sealedBytes = Unwrap(cipherText);
        try
        {
            return Open(_key, sealedBytes, boundTo);
        }
        catch (AuthenticationTagMismatchException) when (_previous is not null)
        {
            return Open(_previous, sealedBytes, boundTo);
        }
    }

    /// <summary>
    /// True when a text opens with the key in force, so that it need not be encrypted again before the one before it is
    /// taken away.
    /// </summary>
    public bool IsCurrent(string cipherText, string boundTo)
    {
        try
        {
            Open(_key, Unwrap(cipherText), boundTo);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[]? KeyOf(string name, string? value, ICollection<string> faults)
    {
        var key = new byte[KeySize];
        if (!string.IsNullOrEmpty(value) && Convert.TryFromBase64String(value, key, out var length)
            && length == KeySize)
        {
            return key;
        }

        faults.Add(
            $"{name} is {(string.IsNullOrEmpty(value) ? "not set" : "malformed")}: "
            + "set it to 32 random bytes in base64 (openssl rand -base64 32).");
        return null;
    }

    private static byte[] Unwrap(string cipherText)
    {
        if (!cipherText.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new CryptographicException("The credential is not in a known format.");
        }

        var text = cipherText.AsSpan(Prefix.Length);
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64Chars(text, bytes, out var length) || length < NonceSize + TagSize)
        {
            throw new CryptographicException("The credential is truncated or damaged.");
        }

        return bytes[..length];
    }

    private static string Open(byte[] key, ReadOnlySpan<byte> input, string boundTo)
    {
        var plain = new byte[input.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            input[..NonceSize],
            input.Slice(NonceSize, plain.Length),
            input[^TagSize..],
            plain,
            Encoding.UTF8.GetBytes(boundTo));
        return Encoding.UTF8.GetString(plain);
    }
}
