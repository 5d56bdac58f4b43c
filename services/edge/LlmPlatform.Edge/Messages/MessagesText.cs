using System.Text.Json;

namespace LlmPlatform.Edge.Messages;

/// <summary>How much text an answer carries. Escapes count as they stand: this feeds an estimate.</summary>
internal static class MessagesText
{
    /// <summary>Bytes of text, thought or arguments in one delta.</summary>
    public static int DeltaBytes(ReadOnlySpan<byte> payload)
    {
        var at = payload.IndexOf("\"delta\""u8);
        if (at < 0)
        {
            return 0;
        }

        var reader = new Utf8JsonReader(payload[(at + 7)..].TrimStart(": \t\r\n"u8), isFinalBlock: false, default);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? BlockBytes(ref reader) : 0;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not ours to judge: the bytes are the provider's.
            return 0;
        }
    }

    /// <summary>Bytes of text, thought or arguments in a block or a delta.</summary>
    /// <param name="reader">Stands on its beginning; afterwards on its end.</param>
    public static int BlockBytes(ref Utf8JsonReader reader)
    {
        var bytes = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8)
                || reader.ValueTextEquals("partial_json"u8);
            var isInput = reader.ValueTextEquals("input"u8);
            reader.Read();
            var start = reader.TokenStartIndex;
            bytes += isText && reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0;
            reader.TrySkip();
            bytes += isInput ? (int)(reader.BytesConsumed - start) : 0;
        }

        return bytes;
    }
}
