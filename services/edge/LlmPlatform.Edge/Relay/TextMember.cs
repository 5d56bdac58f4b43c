namespace LlmPlatform.Edge.Relay;

/// <summary>Finds the texts of members without parsing what is around them.</summary>
internal static class TextMember
{
    /// <summary>
    /// Bytes of the first text that a member of this name has. Escapes count as they stand: this feeds an estimate.
    /// </summary>
    /// <param name="payload">JSON without white space before colons, as every provider sends it.</param>
    /// <param name="member">The name in quotes, with its colon.</param>
    /// <param name="end">Where the search may go on.</param>
    public static int Bytes(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> member, out int end)
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

    /// <summary>Bytes of the texts of all members of this name.</summary>
    public static long AllBytes(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> member)
    {
        var sum = 0L;
        while (!payload.IsEmpty)
        {
            sum += Bytes(payload, member, out var end);
            payload = payload[end..];
        }

        return sum;
    }
}
