using System.Buffers.Binary;
using System.Numerics;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// One record on disk: <c>length u32 | crc32c u32 | type u8 | flags u8 | number i64 | event id | request id |
/// payload</c>, little endian. The ids stand outside the payload so that open calls are found without reading JSON.
/// </summary>
internal readonly record struct SpoolFrame
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderLength = 50;

    /// <summary>Bytes of a note of progress.</summary>
    public const int ProgressLength = HeaderLength + sizeof(long);

    /// <summary>The largest payload. A length beyond it is damage.</summary>
    public const int MaxPayload = 1 << 20;

    /// <summary>Flag of a usage record that ends its request.</summary>
    public const byte EndsRequestFlag = 1;

    private const int CrcAt = 4;
    private const int TypeAt = 8;
    private const int FlagsAt = 9;
    private const int NumberAt = 10;
    private const int EventIdAt = 18;
    private const int RequestIdAt = 34;

    /// <summary>What the record says.</summary>
    public SpoolRecordType Type { get; private init; }

    /// <summary>See <see cref="EndsRequestFlag"/>.</summary>
    public byte Flags { get; private init; }

    /// <summary>The sequence of usage and completions; the output tokens of progress; 0 of intents.</summary>
    public long Number { get; private init; }

    /// <summary>The event's id.</summary>
    public Guid EventId { get; private init; }

    /// <summary>The request's id.</summary>
    public Guid RequestId { get; private init; }

    /// <summary>Bytes of the whole record.</summary>
    public int Length { get; private init; }

    /// <summary>True when the usage ends its request.</summary>
    public bool EndsRequest => (Flags & EndsRequestFlag) != 0;

    /// <summary>
    /// Writes all of the header but the number, and leaves the payload's checksum where the record's will stand:
    /// <see cref="Seal"/>, which runs under the lane's lock, then has 42 bytes to sum and not a kilobyte.
    /// </summary>
    public static void Prepare(Span<byte> record, SpoolRecordType type, byte flags, Guid eventId, Guid requestId)
    {
        var payload = record[HeaderLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[CrcAt..], Checksum(uint.MaxValue, payload));
        record[TypeAt] = (byte)type;
        record[FlagsAt] = flags;
        eventId.TryWriteBytes(record[EventIdAt..]);
        requestId.TryWriteBytes(record[RequestIdAt..]);
    }

    /// <summary>Prepares the note of what has streamed: the number is the tokens, the payload the time.</summary>
    public static void PrepareProgress(Span<byte> record, Guid eventId, Guid requestId, long unixMilliseconds)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record[HeaderLength..], unixMilliseconds);
        Prepare(record, SpoolRecordType.Progress, 0, eventId, requestId);
    }

    /// <summary>Prepares the note that an intent is void: a header and nothing else.</summary>
    public static void PrepareVoid(Span<byte> record, Guid eventId, Guid requestId) =>
        Prepare(record, SpoolRecordType.Void, 0, eventId, requestId);

    /// <summary>Numbers a prepared record and completes its checksum.</summary>
    public static void Seal(Span<byte> record, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record[NumberAt..], number);
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(record[CrcAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[CrcAt..], Checksum(payload, record[TypeAt..HeaderLength]));
    }

    /// <summary>Reads the header of a record that was prepared or sealed by this process.</summary>
    public static SpoolFrame Trusted(ReadOnlySpan<byte> record) => new()
    {
        Type = (SpoolRecordType)record[TypeAt],
        Flags = record[FlagsAt],
        Number = BinaryPrimitives.ReadInt64LittleEndian(record[NumberAt..]),
        EventId = new Guid(record[EventIdAt..RequestIdAt]),
        RequestId = new Guid(record[RequestIdAt..HeaderLength]),
        Length = record.Length,
    };

    /// <summary>The length a record claims; null when no sound record can begin here.</summary>
    /// <param name="header">At least <see cref="HeaderLength"/> bytes.</param>
    public static int? ClaimedLength(ReadOnlySpan<byte> header)
    {
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var type = header[TypeAt];
        return payload <= MaxPayload && type is >= (byte)SpoolRecordType.Intent and <= (byte)SpoolRecordType.Void
            ? HeaderLength + (int)payload
            : null;
    }

    /// <summary>Reads a record if its checksum is right.</summary>
    public static bool TryRead(ReadOnlySpan<byte> record, out SpoolFrame frame)
    {
        var sum = Checksum(Checksum(uint.MaxValue, record[HeaderLength..]), record[TypeAt..HeaderLength]);
        if (sum != BinaryPrimitives.ReadUInt32LittleEndian(record[CrcAt..]))
        {
            frame = default;
            return false;
        }

        frame = Trusted(record);
        return true;
    }

    /// <summary>CRC-32C, with the processor's instruction for it.</summary>
    public static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
