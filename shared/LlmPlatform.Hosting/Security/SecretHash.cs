using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hosting.Security;

/// <summary>
/// What is kept of a secret instead of it, and what it is found by: SHA-256 in lower-case hexadecimal. A look-up by it
/// gives nothing away by its time: what could be guessed byte by byte is the hash, which nobody can choose.
/// </summary>
public static class SecretHash
{
    /// <summary>Characters of a hash.</summary>
    public const int Length = SHA256.HashSizeInBytes * 2;

    private const int StackBytesMax = 1_536;

    /// <summary>The hash of a secret.</summary>
    public static string Of(ReadOnlySpan<char> secret)
    {
        Span<char> text = stackalloc char[Length];
        Write(secret, text);
        return new string(text);
    }

    /// <summary>The same without making a string of it.</summary>
    /// <param name="secret">Any text.</param>
    /// <param name="text">Receives <see cref="Length"/> characters.</param>
    public static void Write(ReadOnlySpan<char> secret, Span<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(secret.Length);
        Span<byte> bytes = most <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[most];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(secret, bytes)], hash);
        Convert.TryToHexStringLower(hash, text, out _);
    }
}
