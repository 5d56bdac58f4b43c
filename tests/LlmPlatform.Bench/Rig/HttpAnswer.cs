using System.Buffers.Text;

namespace LlmPlatform.Bench.Rig;

/// <summary>
/// Follows one HTTP/1.1 answer through whatever pieces it comes in: status, length or chunks, and its end. Content is
/// handed on as it comes.
/// </summary>
public struct HttpAnswer
{
    private const int MaxHeadBytes = 16 * 1024;

    private byte[] _head;
    private int _headLength;
    private State _state;
    private long _left;
    private int _chunkSize;

    public int Status { get; private set; }

    public readonly bool IsDone => _state == State.Done;

    /// <summary>Ready for the next answer of the same connection.</summary>
    public void Reset()
    {
        _head ??= new byte[MaxHeadBytes];
        _headLength = 0;
        _state = State.Head;
        Status = 0;
    }

    /// <summary>Takes some bytes; says where content stands in them, if there is any.</summary>
    /// <returns>How many bytes were taken; call again with the rest until the answer is done.</returns>
    public int Take(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        switch (_state)
        {
            case State.Head:
                return TakeHead(bytes);
            case State.Length:
            case State.ChunkContent:
                var count = (int)Math.Min(bytes.Length, _left);
                content = bytes[..count];
                _left -= count;
                if (_left == 0)
                {
                    _state = _state == State.Length ? State.Done : State.ChunkEnd;
                }

                return count;
            default:
                return TakeChunkSyntax(bytes[0]);
        }
    }

    private int TakeHead(ReadOnlySpan<byte> bytes)
    {
        var before = _headLength;
        var count = Math.Min(bytes.Length, MaxHeadBytes - _headLength);
        bytes[..count].CopyTo(_head.AsSpan(_headLength));
        _headLength += count;
        var end = _head.AsSpan(0, _headLength).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (_headLength == MaxHeadBytes)
            {
                throw new InvalidDataException("The head of an answer is longer than 16 KiB.");
            }

            return count;
        }

        ReadHead(_head.AsSpan(0, end + 2));
        return end + 4 - before;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        Status = Utf8Parser.TryParse(head[9..], out int status, out _) ? status : 0;
        var length = HeaderOf(head, "content-length:"u8);
        if (!length.IsEmpty && Utf8Parser.TryParse(length, out long bytes, out _))
        {
            _left = bytes;
            _state = bytes == 0 ? State.Done : State.Length;
            return;
        }

        _state = State.ChunkSize;
        _chunkSize = 0;
    }

    private static ReadOnlySpan<byte> HeaderOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (!head.IsEmpty)
        {
            var end = head.IndexOf((byte)'\n');
            var line = head[..(end < 0 ? head.Length : end)];
            if (line.Length > name.Length && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return line[name.Length..].Trim(" \r"u8);
            }

            head = end < 0 ? default : head[(end + 1)..];
        }

        return default;
    }

    private int TakeChunkSyntax(byte next)
    {
        switch (_state)
        {
            case State.ChunkSize when next == '\n':
                _left = _chunkSize;
                _state = _chunkSize == 0 ? State.LastLine : State.ChunkContent;
                break;
            case State.ChunkSize when next != '\r':
                _chunkSize = (_chunkSize * 16) + Convert.ToInt32(((char)next).ToString(), 16);
                break;
            case State.ChunkEnd when next == '\n':
                _state = State.ChunkSize;
                _chunkSize = 0;
                break;
            case State.LastLine when next == '\n':
                _state = State.Done;
                break;
        }

        return 1;
    }

    private enum State
    {
        Head,
        Length,
        ChunkSize,
        ChunkContent,
        ChunkEnd,
        LastLine,
        Done,
    }
}
