using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Reads the records of one segment in order. Damage is stepped over: the next sound record is looked for.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly long _start;
    private byte[] _buffer = new byte[256 * 1024];
    private long _bufferAt;
    private int _buffered;

    /// <param name="segment">The segment.</param>
    /// <param name="position">Where a record begins.</param>
    public SegmentReader(SpoolSegment segment, long position)
    {
        _file = File.OpenHandle(segment.Path, share: SpoolSegment.Shared);
        _start = segment.Start;
        Position = _bufferAt = Math.Max(position, segment.Start + SpoolSegment.HeaderLength);
    }

    /// <summary>After the last record read.</summary>
    public long Position { get; private set; }

    /// <summary>Damaged bytes stepped over so far.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>Reads the next record that lies wholly before the limit.</summary>
    /// <param name="limit">Nothing from this position on is looked at.</param>
    /// <param name="frame">The record.</param>
    /// <param name="payload">Its payload; valid until the next read.</param>
    /// <returns>False at the end. Then <see cref="Position"/> is where sound records end.</returns>
    public bool TryRead(long limit, out SpoolFrame frame, out ReadOnlyMemory<byte> payload)
    {
        for (var at = Position; at + SpoolFrame.HeaderLength <= limit; at++)
        {
            if (!TryReadAt(at, limit, out frame, out payload))
            {
                continue;
            }

            DamagedBytes += at - Position;
            Position = at + frame.Length;
            return true;
        }

        frame = default;
        payload = default;
        return false;
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private bool TryReadAt(long at, long limit, out SpoolFrame frame, out ReadOnlyMemory<byte> payload)
    {
        frame = default;
        payload = default;
        if (!Have(at, SpoolFrame.HeaderLength, limit)
            || SpoolFrame.ClaimedLength(_buffer.AsSpan((int)(at - _bufferAt))) is not { } length
            || at + length > limit
            || !Have(at, length, limit)
            || !SpoolFrame.TryRead(_buffer.AsSpan((int)(at - _bufferAt), length), out frame))
        {
            return false;
        }

        payload = _buffer.AsMemory((int)(at - _bufferAt) + SpoolFrame.HeaderLength, length - SpoolFrame.HeaderLength);
        return true;
    }

    // What lies in the buffer never changes on disk: only records before the limit are read, and those are final.
    private bool Have(long at, int length, long limit)
    {
        if (at >= _bufferAt && at + length <= _bufferAt + _buffered)
        {
            return true;
        }

        if (length > _buffer.Length)
        {
            _buffer = new byte[SpoolFrame.HeaderLength + SpoolFrame.MaxPayload];
        }

        _bufferAt = at;
        var wanted = (int)Math.Min(_buffer.Length, limit - at);
        _buffered = RandomAccess.Read(_file, _buffer.AsSpan(0, wanted), at - _start);
        return _buffered >= length;
    }
}
