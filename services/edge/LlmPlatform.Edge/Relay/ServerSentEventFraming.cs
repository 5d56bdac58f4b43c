using System.Buffers;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// Server-sent events (WHATWG HTML, section 9.2), read as bytes. Lines end with LF, CR LF or CR, mixed as the wild has
/// them; an event ends with an empty line, or with the stream.
/// </summary>
internal sealed class ServerSentEventFraming : StreamFraming
{
    private PooledBuffer? _joined;

    // Of the event that is not whole yet: where its next line begins, and how far that line has been searched.
    private int _lineStart;
    private int _searched;

    /// <inheritdoc />
    public override bool TryRead(ReadOnlySpan<byte> bytes, bool ended, out StreamEvent streamEvent)
    {
        var length = Length(bytes, ended);
        if (length == 0)
        {
            streamEvent = default;
            return false;
        }

        _lineStart = _searched = 0;
        streamEvent = Read(bytes[..length]);
        return true;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _joined?.Dispose();
        _joined = null;
        base.Dispose();
    }

    /// <summary>
    /// Passes an event on. A parser drops one that its stream ended without an empty line: the caller gets the line.
    /// </summary>
    /// <param name="bytes">An event, or the tail of one.</param>
    /// <param name="output">Receives it.</param>
    public static void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (!bytes.IsEmpty)
        {
            output.Write(bytes);
            output.Write(MissingEnd(bytes));
        }
    }

    /// <summary>What an event lacks of its end: nothing, the empty line, or the end of its last line too.</summary>
    /// <param name="bytes">An event, or the tail of one.</param>
    public static ReadOnlySpan<byte> MissingEnd(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.TrimEnd("\r\n"u8);
        var lineEnds = 0;
        for (var at = text.Length; at < bytes.Length; at++)
        {
            lineEnds += bytes[at] == '\n' && at > text.Length && bytes[at - 1] == '\r' ? 0 : 1;
        }

        return lineEnds switch
        {
            0 => "\n\n"u8,
            1 => "\n"u8,
            _ => default,
        };
    }

    // The length of the first whole event with its empty line; 0 when there is none yet. A CR at the very end is not
    // judged before the next byte is known, unless nothing follows. What is left at the end of the stream is an event.
    private int Length(ReadOnlySpan<byte> bytes, bool ended)
    {
        while (_searched < bytes.Length)
        {
            var offset = bytes[_searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (offset < 0)
            {
                _searched = bytes.Length;
                break;
            }

            var lineEnd = _searched + offset;
            var next = lineEnd + 1;
            if (bytes[lineEnd] == '\r')
            {
                if (next == bytes.Length && !ended)
                {
                    _searched = lineEnd;
                    return 0;
                }

                next += next < bytes.Length && bytes[next] == '\n' ? 1 : 0;
            }

            if (lineEnd == _lineStart)
            {
                return next;
            }

            _lineStart = _searched = next;
        }

        return ended ? bytes.Length : 0;
    }

    private StreamEvent Read(ReadOnlySpan<byte> whole)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> payload = default;
        var dataLines = 0;
        var rest = whole;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.StartsWith("data:"u8))
            {
                payload = ++dataLines == 1 ? Value(line, 5) : Join(payload, Value(line, 5), dataLines);
            }
            else if (line.StartsWith("event:"u8))
            {
                name = Value(line, 6);
            }
        }

        return new StreamEvent(whole, name, payload);
    }

    // One space after the colon belongs to the syntax.
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, int nameLength)
    {
        line = line[nameLength..];
        return line.Length > 0 && line[0] == ' ' ? line[1..] : line;
    }

    // Several data lines are one text with line feeds between them. Hardly anybody sends them.
    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> line, int lines)
    {
        _joined ??= new PooledBuffer(1024);
        if (lines == 2)
        {
            _joined.Consume(_joined.Length);
            _joined.Write(first);
        }

        _joined.Write("\n"u8);
        _joined.Write(line);
        return _joined.Span;
    }
}
