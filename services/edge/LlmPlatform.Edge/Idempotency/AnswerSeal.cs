using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>
/// Keeps what callers said and were told from whoever reads Redis: answers by AES-256-GCM, bound to the name they stand
/// under; requests by a keyed hash, which nobody can try prompts against.
/// </summary>
/// <param name="keys">
/// The key in force, and behind it the one that is being replaced: it opens, and closes no more.
/// </param>
internal sealed class AnswerSeal(IReadOnlyList<byte[]> keys)
{
    /// <summary>Length of a fingerprint.</summary>
    public const int FingerprintBytes = 32;

    /// <summary>What the keys are derived for.</summary>
    public const string Purpose = "idempotent answers";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>A name that stands for texts without telling them, whichever key is in force.</summary>
    public static string NameOf(params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            Append(hash, text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Stands for a request without telling it.</summary>
    public byte[] FingerprintOf(string route, ReadOnlySpan<byte> body) => FingerprintOf(keys[0], route, body);

    /// <summary>Whether a fingerprint stands for this request.</summary>
    public bool IsFingerprintOf(ReadOnlySpan<byte> fingerprint, string route, ReadOnlySpan<byte> body)
    {
        foreach (var key in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(fingerprint, FingerprintOf(key, route, body)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Encrypts.</summary>
    /// <param name="plain">What is to be kept.</param>
    /// <param name="boundTo">Where it stands: nowhere else it opens.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, string boundTo)
    {
        var output = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(keys[0], TagBytes);
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

        foreach (var key in keys)
        {
            if (Open(key, sealedBytes, boundTo) is { } plain)
            {
                return plain;
            }
        }

        return null;
    }

    private static byte[]? Open(byte[] key, ReadOnlySpan<byte> sealedBytes, string boundTo)
    {
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
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] FingerprintOf(byte[] key, string route, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Append(hash, route);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    // With its length before it, so that no two lists of texts look alike.
    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
