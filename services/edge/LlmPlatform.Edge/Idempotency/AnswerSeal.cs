using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>
/// Keeps what callers said and were told from whoever reads Redis: answers by AES-256-GCM, bound to the key they stand
/// under; requests and keys by hashes that nobody can try out without the secret.
/// </summary>
internal sealed class AnswerSeal(byte[] key)
{
    /// <summary>Length of a fingerprint.</summary>
    public const int FingerprintBytes = 32;

    /// <summary>What the key is derived for.</summary>
    public const string Purpose = "idempotent answers";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Stands for texts without telling them. The same texts have the same one.</summary>
    public byte[] FingerprintOf(params ReadOnlySpan<string> texts) => FingerprintOf(default, texts);

    /// <summary>The same, with a body behind the texts.</summary>
    public byte[] FingerprintOf(ReadOnlySpan<byte> body, params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> length = stackalloc byte[4];
        foreach (var text in texts)
        {
            // With its length before it, so that no two lists of texts look alike.
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>Encrypts.</summary>
    /// <param name="plain">What is to be kept.</param>
    /// <param name="boundTo">Where it stands: nowhere else it opens.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, string boundTo)
    {
        var output = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            output.AsSpan(0, NonceBytes),
            plain,
            output.AsSpan(NonceBytes, plain.Length),
            output.AsSpan(NonceBytes + plain.Length),
            Encoding.UTF8.GetBytes(boundTo));
        return output;
    }

    /// <summary>Decrypts; null for what another key or another place has sealed.</summary>
    public byte[]? Open(ReadOnlySpan<byte> sealedBytes, string boundTo)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(
                sealedBytes[..NonceBytes],
                sealedBytes[NonceBytes..^TagBytes],
                sealedBytes[^TagBytes..],
                plain,
                Encoding.UTF8.GetBytes(boundTo));
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
