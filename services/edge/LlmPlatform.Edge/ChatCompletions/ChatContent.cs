namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>How much text a chunk carries, without parsing it.</summary>
internal static class ChatContent
{
    // Providers send about one token a chunk; where they bundle, four bytes of text make about one.
    private const int BytesPerToken = 4;

    /// <summary>
    /// Bytes of the first non-empty text a delta carries: content, reasoning, or a piece of a tool call's arguments.
    /// Escapes count as they stand: this feeds an estimate.
    /// </summary>
    public static int TextBytes(ReadOnlySpan<byte> payload)
    {
        var bytes = TextBytes(payload, "\"content\":"u8, out _);
        bytes = bytes > 0 ? bytes : TextBytes(payload, "\"arguments\":"u8, out _);
        return bytes > 0 ? bytes : TextBytes(payload, "\"reasoning_content\":"u8, out _);
    }

    /// <summary>Bytes of every such text, of all choices of a whole answer.</summary>
    public static long AllTextBytes(ReadOnlySpan<byte> payload) =>
        AllTextBytes(payload, "\"content\":"u8)
        + AllTextBytes(payload, "\"arguments\":"u8)
        + AllTextBytes(payload, "\"reasoning_content\":"u8);

    /// <summary>Tokens that so much text makes at least, rounded up.</summary>
    public static long Tokens(long textBytes) => (textBytes + BytesPerToken - 1) / BytesPerToken;

    private static long AllTextBytes(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> member)
    {
        var sum = 0L;
        while (!payload.IsEmpty)
        {
            sum += TextBytes(payload, member, out var end);
            payload = payload[end..];
        }

        return sum;
    }

    private static int TextBytes(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> member, out int end)
    {
        end = payload.Length;
        var at = payload.IndexOf(member);
        if (at < 0)
        {
            return 0;
        }

        end = at + member.Length;
        var value = payload[end..].TrimStart((byte)' ');
        if (value.IsEmpty || value[0] != '"')
        {
            return 0;
        }

        value = value[1..];
        for (var i = 0; i < value.Length; i++)
        {
            var next = value[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return value.Length;
            }

            i += next;
            if (value[i] == '"')
            {
                return i;
            }

            i++;
        }

        return value.Length;
    }
}
