using System.Buffers.Binary;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// <c>application/vnd.amazon.eventstream</c>. Lengths are believed only after their own checksum, and a message only
/// after its. An event's name is its event type, exception type or error code; <see cref="AwsEventMessage"/> reads from
/// <see cref="StreamEvent.Whole"/> which of them.
/// </summary>
internal sealed class AwsEventStreamFraming : StreamFraming
{
    /// <summary>The longest message there is, by AWS's own rule: 16 MiB.</summary>
    public const int MaxMessageLength = 16 * 1024 * 1024;

    /// <summary>The longest headers there are, by AWS's own rule: 128 KiB.</summary>
    public const int MaxHeadersLength = 128 * 1024;

    // Of the message at the beginning of the bytes; 0 before its prelude was judged.
    private int _length;

    /// <inheritdoc />
    public override bool TryRead(ReadOnlySpan<byte> bytes, bool ended, out StreamEvent streamEvent)
    {
        streamEvent = default;
        if (_length == 0 && bytes.Length >= AwsEventMessage.PreludeLength)
        {
            _length = ReadPrelude(bytes);
        }

        if (_length == 0 || bytes.Length < _length)
        {
            return false;
        }

        var whole = bytes[.._length];
        _length = 0;
        var sum = BinaryPrimitives.ReadUInt32BigEndian(whole[^AwsEventMessage.TrailerLength..]);
        if (Crc32.Of(whole[..^AwsEventMessage.TrailerLength]) != sum)
        {
            throw new InvalidDataException("The checksum of an AWS event does not fit its bytes.");
        }

        var message = AwsEventMessage.Read(whole);
        streamEvent = new StreamEvent(whole, message.Name, message.Payload);
        return true;
    }

    private static int ReadPrelude(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headersLength = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (Crc32.Of(bytes[..8]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]))
        {
            throw new InvalidDataException("The checksum of an AWS event does not fit its lengths.");
        }

        const int Around = AwsEventMessage.PreludeLength + AwsEventMessage.TrailerLength;
        if (length is < Around or > MaxMessageLength || headersLength > MaxHeadersLength
            || headersLength > length - Around)
        {
            throw new InvalidDataException(
                $"An AWS event says it has {length} bytes, {headersLength} of them headers, which cannot be.");
        }

        return (int)length;
    }
}
