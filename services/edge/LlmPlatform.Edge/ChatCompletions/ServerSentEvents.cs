namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// Cuts a byte stream into server-sent events without decoding it. Lines end with LF, CR LF or CR, mixed as the wild
/// has them; an event ends with an empty line (WHATWG HTML, section 9.2).
/// </summary>
internal static class ServerSentEvents
{
    /// <summary>
    /// The length of the first whole event, its empty line included; 0 when the bytes hold none yet. A CR at the very
    /// end is not judged before the next byte is known, unless the stream has ended.
    /// </summary>
    public static int FirstEventLength(ReadOnlySpan<byte> bytes, bool streamEnded)
    {
        var lineStart = 0;
        while (lineStart < bytes.Length)
        {
            var offset = bytes[lineStart..].IndexOfAny((byte)'\n', (byte)'\r');
            if (offset < 0)
            {
                return 0;
            }

            var lineEnd = lineStart + offset;
            var next = lineEnd + 1;
            if (bytes[lineEnd] == '\r')
            {
                if (next == bytes.Length && !streamEnded)
                {
                    return 0;
                }

                next += next < bytes.Length && bytes[next] == '\n' ? 1 : 0;
            }

            if (lineEnd == lineStart)
            {
                return next;
            }

            lineStart = next;
        }

        return 0;
    }

    /// <summary>
    /// The payload of the event's first <c>data</c> line, without its one optional space; empty when it has none.
    /// Providers send one data line an event.
    /// </summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? bytes : bytes[..end];
            if (line.StartsWith("data:"u8))
            {
                line = line[5..];
                return line.Length > 0 && line[0] == ' ' ? line[1..] : line;
            }

            bytes = end < 0 ? default : bytes[(end + 1)..];
        }

        return default;
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
}
