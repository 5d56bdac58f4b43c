using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// One file of a lane. Its name is the position of its first byte in the lane, so that a position says file and offset;
/// its header says whose sequences it holds, so that files of two epochs can lie side by side.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderLength = 64;

    /// <summary>What segment files are called.</summary>
    public const string Pattern = "*.seg";

    /// <summary>Consumers read while the lane appends and deletes.</summary>
    public const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    private const uint Magic = 0x3153504C;
    private SafeFileHandle? _file;
    private long _end;
    private long _lastAppendAtTicks;

    private SpoolSegment(string path, long start, SpoolIdentity? identity, long nextUsage, long nextCompletion)
    {
        Path = path;
        Start = start;
        Identity = identity;
        NextUsageSequence = nextUsage;
        NextCompletionSequence = nextCompletion;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The position of the first byte of the file.</summary>
    public long Start { get; }

    /// <summary>The position after the last record.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Whose sequences it holds; null when its header is damaged, until <see cref="Assume"/>.</summary>
    public SpoolIdentity? Identity { get; private set; }

    /// <summary>The next usage sequence when the file was begun.</summary>
    public long NextUsageSequence { get; }

    /// <summary>The next completion sequence when the file was begun.</summary>
    public long NextCompletionSequence { get; }

    /// <summary>When the last record was appended.</summary>
    public DateTimeOffset LastAppendAt
    {
        get => new(Volatile.Read(ref _lastAppendAtTicks), TimeSpan.Zero);
        set => Volatile.Write(ref _lastAppendAtTicks, value.UtcTicks);
    }

    /// <summary>Begins a file, and its header with it.</summary>
    public static SpoolSegment Create(
        string directory, long start, SpoolIdentity identity, long nextUsage, long nextCompletion)
    {
        var path = System.IO.Path.Combine(directory, start.ToString("x16", CultureInfo.InvariantCulture) + ".seg");
        var segment = new SpoolSegment(path, start, identity, nextUsage, nextCompletion);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        identity.EdgeId.TryWriteBytes(header[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], identity.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], nextUsage);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], nextCompletion);
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], SpoolFrame.Checksum(uint.MaxValue, header[8..]));

        // Truncating: a file of this name can only be what a failed attempt to begin it left.
        segment._file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, Shared);
        try
        {
            RandomAccess.Write(segment._file, header, 0);
        }
        catch
        {
            segment._file.Dispose();
            throw;
        }

        segment._end = start + HeaderLength;
        return segment;
    }

    /// <summary>
    /// Reads the header of a file that is there; null when the file was not begun far enough to hold a record.
    /// </summary>
    public static SpoolSegment? Find(string path)
    {
        var file = new FileInfo(path);
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        var start = long.Parse(name, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Span<byte> header = stackalloc byte[HeaderLength];
        using (var reader = File.OpenHandle(path, share: Shared))
        {
            if (RandomAccess.Read(reader, header, 0) < HeaderLength)
            {
                return null;
            }
        }

        var sound = BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == SpoolFrame.Checksum(uint.MaxValue, header[8..]);
        var identity = sound
            ? new SpoolIdentity(new Guid(header[16..32]), BinaryPrimitives.ReadInt64LittleEndian(header[32..]))
            : null;
        return new SpoolSegment(
            path,
            start,
            identity,
            sound ? BinaryPrimitives.ReadInt64LittleEndian(header[40..]) : 0,
            sound ? BinaryPrimitives.ReadInt64LittleEndian(header[48..]) : 0)
        {
            _end = start + file.Length,
            LastAppendAt = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero),
        };
    }

    /// <summary>Takes it for a file of this identity when its header does not say.</summary>
    public void Assume(SpoolIdentity identity) => Identity ??= identity;

    /// <summary>Opens a found file for appending, and cuts it at the given position.</summary>
    public void OpenForAppend(long end)
    {
        _file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, Shared);
        RandomAccess.SetLength(_file, end - Start);
        RandomAccess.FlushToDisk(_file);
        Volatile.Write(ref _end, end);
    }

    /// <summary>
    /// Writes at the end; nothing has changed when it throws, the half of a record that may be there included.
    /// </summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        RandomAccess.Write(_file!, record, _end - Start);
        Volatile.Write(ref _end, _end + record.Length);
    }

    /// <summary>Reads back what was appended.</summary>
    public void Read(Span<byte> into, long position)
    {
        using var reader = _file is null ? File.OpenHandle(Path, share: Shared) : null;
        if (RandomAccess.Read(reader ?? _file!, into, position - Start) < into.Length)
        {
            throw new EndOfStreamException($"{Path} ends before {position - Start + into.Length}.");
        }
    }

    /// <summary>Brings everything appended before the call to the device.</summary>
    public void Flush() => DurableFile.FlushContent(_file!);

    /// <summary>
    /// Writes bytes over themselves. After a failed flush the kernel may call pages clean that never reached the
    /// device, and the next flush would succeed for nothing.
    /// </summary>
    public void Rewrite(long from, long to)
    {
        var buffer = new byte[64 * 1024];
        while (from < to)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - from));
            Read(part, from);
            RandomAccess.Write(_file!, part, from - Start);
            from += part.Length;
        }
    }

    /// <summary>No more appends.</summary>
    public void Dispose() => _file?.Dispose();
}
