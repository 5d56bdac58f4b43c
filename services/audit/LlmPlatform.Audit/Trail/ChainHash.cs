using System.Buffers;
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
        // In one piece: a hash of pieces costs more to set up than to compute.
        var length = previousHash.Length + sizeof(long) + content.Length;
        var sealedBytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            previousHash.CopyTo(sealedBytes);
            BinaryPrimitives.WriteInt64BigEndian(sealedBytes.AsSpan(previousHash.Length), sequence);
            content.CopyTo(sealedBytes.AsSpan(previousHash.Length + sizeof(long)));
            return SHA256.HashData(sealedBytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sealedBytes);
        }
    }
}
