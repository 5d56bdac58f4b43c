using System.Buffers.Binary;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// One message of an AWS event stream, read in place:
/// <c>total length u32 | headers length u32 | prelude crc u32 | headers | payload | message crc u32</c>, big-endian.
/// </summary>
internal readonly ref struct AwsEventMessage
{
    /// <summary>Both lengths and their checksum.</summary>
    public const int PreludeLength = 12;

    /// <summary>The checksum at the end.</summary>
    public const int TrailerLength = 4;

    private const int StringType = 7;

    private AwsEventMessage(ReadOnlySpan<byte> whole, int headersLength)
    {
        Payload = whole[(PreludeLength + headersLength)..^TrailerLength];
        var headers = whole.Slice(PreludeLength, headersLength);
        while (!headers.IsEmpty)
        {
            ReadHeader(ref headers, out var name, out var value);
            if (name.SequenceEqual(":message-type"u8))
            {
                Type = value;
            }
            else if (name.SequenceEqual(":event-type"u8) || name.SequenceEqual(":exception-type"u8)
                || name.SequenceEqual(":error-code"u8))
            {
                Name = value;
            }
            else if (name.SequenceEqual(":error-message"u8))
            {
                ErrorText = value;
            }
        }
    }

    /// <summary><c>event</c>, <c>exception</c> or <c>error</c>; empty when it is not said.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>Which event, exception or error code.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>What an <c>error</c> says; an exception says it in its payload.</summary>
    public ReadOnlySpan<byte> ErrorText { get; }

    /// <summary>JSON.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether it says that something went wrong.</summary>
    public bool IsFault => Type.SequenceEqual("exception"u8) || Type.SequenceEqual("error"u8);

    /// <summary>Reads a message whose length and checksums have been judged.</summary>
    /// <exception cref="InvalidDataException">Its headers are not what the format says.</exception>
    public static AwsEventMessage Read(ReadOnlySpan<byte> whole) =>
        new(whole, (int)BinaryPrimitives.ReadUInt32BigEndian(whole[4..]));

    // name length u8 | name | type u8 | value. Of the types, only texts matter here.
    private static void ReadHeader(
        scoped ref ReadOnlySpan<byte> headers, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = Take(ref headers, Take(ref headers, 1)[0]);
        var type = Take(ref headers, 1)[0];
        var bytes = Take(ref headers, type switch
        {
            0 or 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            5 or 8 => 8,
            6 or StringType => BinaryPrimitives.ReadUInt16BigEndian(Take(ref headers, 2)),
            9 => 16,
            _ => throw new InvalidDataException($"An AWS event has a header of the unknown type {type}."),
        });
        value = type == StringType ? bytes : default;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
        {
            throw new InvalidDataException("A header of an AWS event is longer than its headers.");
        }

        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
