using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>What a token is remembered by: all of its SHA-256, so that the token itself is not kept.</summary>
internal readonly record struct TokenDigest(UInt128 First, UInt128 Second)
{
    private const int NameDigits = 24;

    /// <summary>The first digits, for a name.</summary>
    public string Name => First.ToString("x32", System.Globalization.CultureInfo.InvariantCulture)[..NameDigits];

    public static TokenDigest Of(ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text), hash);
        return new TokenDigest(MemoryMarshal.Read<UInt128>(hash), MemoryMarshal.Read<UInt128>(hash[16..]));
    }
}
