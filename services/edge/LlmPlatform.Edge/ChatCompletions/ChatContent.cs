using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>How much text a chunk of a chat or of a text completion carries, without parsing it.</summary>
internal static class ChatContent
{
    // Providers send about one token a chunk; where they bundle, four bytes of text make about one.
    private const int BytesPerToken = 4;

    /// <summary>
    /// Bytes of the first non-empty text a delta carries: content, a thought, a refusal, or a piece of a tool call's
    /// arguments. Escapes count as they stand: this feeds an estimate.
    /// </summary>
    public static int TextBytes(ReadOnlySpan<byte> payload)
    {
        var bytes = TextMember.Bytes(payload, "\"content\":"u8, out _);
        bytes = bytes > 0 ? bytes : TextMember.Bytes(payload, "\"arguments\":"u8, out _);
        bytes = bytes > 0 ? bytes : TextMember.Bytes(payload, "\"reasoning_content\":"u8, out _);
        bytes = bytes > 0 ? bytes : TextMember.Bytes(payload, "\"reasoning\":"u8, out _);
        bytes = bytes > 0 ? bytes : TextMember.Bytes(payload, "\"refusal\":"u8, out _);
        return bytes > 0 ? bytes : TextMember.Bytes(payload, "\"text\":"u8, out _);
    }

    /// <summary>Bytes of every such text, of all choices of a whole answer.</summary>
    public static long AllTextBytes(ReadOnlySpan<byte> payload) =>
        TextMember.AllBytes(payload, "\"content\":"u8)
        + TextMember.AllBytes(payload, "\"arguments\":"u8)
        + TextMember.AllBytes(payload, "\"reasoning_content\":"u8)
        + TextMember.AllBytes(payload, "\"reasoning\":"u8)
        + TextMember.AllBytes(payload, "\"refusal\":"u8)
        + TextMember.AllBytes(payload, "\"text\":"u8);

    /// <summary>Tokens that so much text makes at least, rounded up.</summary>
    public static long Tokens(long textBytes) => (textBytes + BytesPerToken - 1) / BytesPerToken;
}
