using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Security;

/// <summary>
/// Encrypts provider credentials wherever they are kept or travel (database, snapshot, disk): AES-256-GCM, a fresh
/// nonce each time, the name of what is encrypted bound in, so that one provider's credential cannot be put in
/// another's place.
/// </summary>
public sealed class CredentialCipher
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Prefix = "v1.";

    private readonly byte[] _key;

    private CredentialCipher(byte[] key) => _key = key;

    /// <summary>Reads the key from its variable; an absent or malformed one is a fault.</summary>
    public static CredentialCipher? Read(string? value, ICollection<string> faults)
    {
        var key = new byte[32];
        if (!string.IsNullOrEmpty(value) && Convert.TryFromBase64String(value, key, out var length) && length == 32)
        {
            return new CredentialCipher(key);
        }

        faults.Add(
            $"LLM_PLATFORM_ENCRYPTION_KEY is {(string.IsNullOrEmpty(value) ? "not set" : "malformed")}: "
            + "set it to 32 random bytes in base64 (openssl rand -base64 32).");
        return null;
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

    /// <summary>Decrypts what <see cref="Encrypt"/> made.</summary>
    /// <exception cref="CryptographicException">Another key, another owner, or not a cipher text at all.</exception>
    public string Decrypt(string cipherText, string boundTo)
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

        var input = bytes.AsSpan(0, length);
        var plain = new byte[input.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(
            input[..NonceSize],
            input.Slice(NonceSize, plain.Length),
            input[^TagSize..],
            plain,
            Encoding.UTF8.GetBytes(boundTo));
        return Encoding.UTF8.GetString(plain);
    }
}
