namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>How much text a chunk carries, without parsing it.</summary>
internal static class ChatContent
{
    /// <summary>
    /// Bytes of the first non-empty text a delta carries: content, reasoning, or a piece of a tool call's arguments. Escapes
    /// count as they stand: this feeds an estimate.
    /// </summary>
    public static int TextBytes(ReadOnlySpan<byte> payload)
    {
        var bytes = TextBytes(payload, "\"content\":"u8);
        bytes = bytes > 0 ? bytes : TextBytes(payload, "\"arguments\":"u8);
        return bytes > 0 ? bytes : TextBytes(payload, "\"reasoning_content\":"u8);
    }

    private static int TextBytes(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> member)
    {
        var at = payload.IndexOf(member);
        if (at < 0)
        {
            return 0;
        }

        var value = payload[(at + member.Length)..].TrimStart((byte)' ');
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
