using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>
/// A frame of AWS's event stream: lengths and their checksum, headers, payload, and a checksum of it all.
/// </summary>
internal static class EventStreamFrame
{
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;
    private const byte TextHeader = 7;
    private const uint Polynomial = 0xEDB88320;

    public static byte[] Encode(
        (string Name, string Value) first,
        (string Name, string Value) second,
        (string Name, string Value) third,
        JsonObject payload)
    {
        using var headers = new MemoryStream();
        foreach (var (name, value) in new[] { first, second, third })
            WriteHeader(headers, name, value);
        var body = Encoding.UTF8.GetBytes(payload.ToJsonString());
        var frame = new byte[PreludeBytes + headers.Length + body.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc32(frame.AsSpan(0, 8)));
        headers.ToArray().CopyTo(frame, PreludeBytes);
        body.CopyTo(frame, PreludeBytes + (int)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(
            frame.AsSpan(frame.Length - ChecksumBytes), Crc32(frame.AsSpan(0, frame.Length - ChecksumBytes)));
        return frame;
    }

    /// <summary>The checksum of IEEE 802.3.</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ Polynomial : crc >> 1;
        }

        return ~crc;
    }

    private static void WriteHeader(MemoryStream headers, string name, string value)
    {
        headers.WriteByte((byte)name.Length);
        headers.Write(Encoding.ASCII.GetBytes(name));
        headers.WriteByte(TextHeader);
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)value.Length);
        headers.Write(length);
        headers.Write(Encoding.ASCII.GetBytes(value));
    }
}
