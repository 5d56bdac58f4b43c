using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// What seals a record: SHA-256 over the hash of the record before (32 bytes), the sequence (8 bytes, big endian) and
/// the content. Anyone who has an export can compute it again.
/// </summary>
internal static class ChainHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private static readonly byte[] First = SHA256.HashData("llm-platform audit trail"u8);

    /// <summary>What stands before the first record: SHA-256 of <c>llm-platform audit trail</c>.</summary>
    public static ReadOnlySpan<byte> Genesis => First;

    public static byte[] Of(ReadOnlySpan<byte> previousHash, long sequence, ReadOnlySpan<byte> content)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(place, sequence);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previousHash);
        hash.AppendData(place);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
