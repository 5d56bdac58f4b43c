using System.Buffers.Text;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// Cuts RESP2 replies out of a stream of bytes. A reply is materialised only once all of it is there, and the search for
/// its end goes on where it stopped, so that a large reply in many pieces costs one pass.
/// </summary>
internal sealed class RespReader(int replyBytesMax)
{
    private const int InitialBytes = 32_768;
    private const int KeepBytesMax = 1_048_576;
    private const int DepthMax = 32;
    private const int LineBytesMax = 65_536;
    private const int FreeBytesMin = 4_096;

    private static readonly byte[] Ok = "OK"u8.ToArray();

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(InitialBytes);
    private int _start;
    private int _end;

    // The scan: how far into the current reply it has come, and how many values are still to be found.
    private int _scanned;
    private long _outstanding = 1;
    private int _replyBytesKnown;

    /// <summary>Where the next bytes from the server go; hand their number to <see cref="Advance"/>.</summary>
    internal Memory<byte> Free()
    {
        var unread = _end - _start;
        if (unread == 0)
        {
            _start = _end = 0;
            if (_bytes.Length > KeepBytesMax)
                _bytes = GC.AllocateUninitializedArray<byte>(InitialBytes);
        }
        if (_replyBytesKnown > _bytes.Length || unread == _bytes.Length)
            MoveTo(GC.AllocateUninitializedArray<byte>(Math.Max(_replyBytesKnown, GrownLength())));
        else if (_start > 0 && (_bytes.Length - _end < FreeBytesMin || _start + _replyBytesKnown > _bytes.Length))
            MoveTo(_bytes);
        return _bytes.AsMemory(_end);
    }

    internal void Advance(int count) => _end += count;

    /// <summary>Takes the next whole reply, if there is one.</summary>
    /// <exception cref="RedisProtocolException">The bytes are not RESP2, or the reply is beyond a limit.</exception>
    internal bool TryRead(out RedisReply reply)
    {
        var data = _bytes.AsSpan(_start, _end - _start);
        if (!TryScan(data))
        {
            if (Math.Max(data.Length, _replyBytesKnown) > replyBytesMax)
                throw new RedisProtocolException($"A reply is larger than {replyBytesMax} bytes.");
            reply = default;
            return false;
        }

        var position = 0;
        reply = Materialise(data, ref position, 0);
        _start += position;
        _scanned = 0;
        _outstanding = 1;
        _replyBytesKnown = 0;
        return true;
    }

    private bool TryScan(ReadOnlySpan<byte> data)
    {
        while (_outstanding > 0)
        {
            var rest = data[_scanned..];
            if (rest.IsEmpty)
                return false;
            var lineEnd = LineEnd(rest);
            if (lineEnd < 0)
                return false;

            var next = lineEnd + 2;
            switch (rest[0])
            {
                case (byte)'$':
                    var length = Length(rest[1..lineEnd]);
                    if (length >= 0)
                        next += length + 2;
                    break;
                case (byte)'*':
                    _outstanding += Math.Max(Length(rest[1..lineEnd]), 0);
                    break;
                case (byte)'+' or (byte)'-' or (byte)':':
                    break;
                default:
                    throw new RedisProtocolException("The server sent bytes that are not a RESP2 reply.");
            }
            if (next > rest.Length)
            {
                _replyBytesKnown = _scanned + next;
                return false;
            }
            _scanned += next;
            _outstanding--;
        }
        return true;
    }

    private static int LineEnd(ReadOnlySpan<byte> rest)
    {
        var lineFeed = rest.IndexOf((byte)'\n');
        if (lineFeed < 0 && rest.Length <= LineBytesMax)
            return -1;
        if (lineFeed < 2 || rest[lineFeed - 1] != '\r')
            throw new RedisProtocolException("The server sent a line that is not of RESP2.");
        return lineFeed - 1;
    }

    private int Length(ReadOnlySpan<byte> digits)
    {
        if (!Utf8Parser.TryParse(digits, out int length, out var used) || used != digits.Length || length < -1)
            throw new RedisProtocolException("The server sent a length that is not a number.");
        return length <= replyBytesMax
            ? length
            : throw new RedisProtocolException($"A reply is larger than {replyBytesMax} bytes.");
    }

    private RedisReply Materialise(ReadOnlySpan<byte> data, ref int position, int depth)
    {
        var rest = data[position..];
        var lineEnd = LineEnd(rest);
        var line = rest[1..lineEnd];
        position += lineEnd + 2;
        switch (rest[0])
        {
            case (byte)'+':
                return RedisReply.SimpleString(line.SequenceEqual("OK"u8) ? Ok : line.ToArray());
            case (byte)'-':
                return RedisReply.Error(line.ToArray());
            case (byte)':':
                return Utf8Parser.TryParse(line, out long value, out var used) && used == line.Length
                    ? RedisReply.Number(value)
                    : throw new RedisProtocolException("The server sent an integer that is not a number.");
            case (byte)'$':
                return ReadBulk(data, ref position, Length(line));
            default:
                return ReadArray(data, ref position, Length(line), depth + 1);
        }
    }

    private static RedisReply ReadBulk(ReadOnlySpan<byte> data, ref int position, int length)
    {
        if (length < 0)
            return RedisReply.Nil;
        var bytes = data.Slice(position, length).ToArray();
        if (!data[(position + length)..].StartsWith("\r\n"u8))
            throw new RedisProtocolException("The server sent a string that is longer than it said.");
        position += length + 2;
        return RedisReply.Bulk(bytes);
    }

    private RedisReply ReadArray(ReadOnlySpan<byte> data, ref int position, int count, int depth)
    {
        if (count < 0)
            return RedisReply.Nil;
        if (depth > DepthMax)
            throw new RedisProtocolException($"A reply is nested deeper than {DepthMax} arrays.");
        var items = new RedisReply[count];
        for (var i = 0; i < count; i++)
            items[i] = Materialise(data, ref position, depth);
        return RedisReply.Array(items);
    }

    private int GrownLength() => (int)Math.Min(2L * _bytes.Length, Array.MaxLength);

    private void MoveTo(byte[] target)
    {
        _bytes.AsSpan(_start, _end - _start).CopyTo(target);
        _bytes = target;
        _end -= _start;
        _start = 0;
    }
}
