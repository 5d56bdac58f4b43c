using System.Buffers.Binary;

namespace LlmPlatform.Chaos.Faults;

/// <summary>
/// What a machine leaves that dies while a spool is being written: behind the last whole record the half of one, or all
/// of one with a bit that did not reach the disk. Nobody was answered for either.
/// </summary>
internal static class SpoolDamage
{
    private const int SegmentHeader = 64;
    private const int RecordHeader = 50;

    /// <summary>Tears a record of which only the beginning was written.</summary>
    public static Task TearAsync(string dataDirectory, Random dice) => AppendAsync(
        dataDirectory, record => record[..dice.Next(1, record.Length)]);

    /// <summary>Writes a record with one byte other than it was meant.</summary>
    public static Task FlipAsync(string dataDirectory, Random dice) => AppendAsync(
        dataDirectory,
        record =>
        {
            record[dice.Next(record.Length)] ^= (byte)(1 << dice.Next(8));
            return record;
        });

    private static async Task AppendAsync(string dataDirectory, Func<byte[], byte[]> damage)
    {
        var money = Path.Combine(dataDirectory, "spool", "money");
        var newest = Directory.GetFiles(money, "*.seg").Order(StringComparer.Ordinal).Last();
        if (LastRecordOf(await File.ReadAllBytesAsync(newest)) is not { } record)
            return;
        await using var segment = new FileStream(newest, FileMode.Append, FileAccess.Write);
        await segment.WriteAsync(damage(record));
    }

    // Any record is as good as another: that one is like those which would have followed.
    private static byte[]? LastRecordOf(byte[] segment)
    {
        byte[]? last = null;
        for (var at = SegmentHeader; at + RecordHeader <= segment.Length;)
        {
            var length = RecordHeader + BinaryPrimitives.ReadUInt32LittleEndian(segment.AsSpan(at));
            if (at + length > segment.Length)
                break;
            last = segment[at..(int)(at + length)];
            at += (int)length;
        }

        return last;
    }
}
