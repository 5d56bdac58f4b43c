using System.Text.Json;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// Pictures and documents within a body, in base64: they make far fewer tokens than text of their length.
/// </summary>
/// <param name="Bytes">Bytes of the body they take.</param>
/// <param name="Tokens">Tokens they make, roughly.</param>
internal readonly record struct MediaInBody(long Bytes, long Tokens)
{
    // What Anthropic makes of a picture of the largest size that it does not scale down, and of a page.
    private const int TokensEach = 1600;

    // What is shorter is text.
    private const int LeastBytes = 1024;

    /// <summary>Finds them.</summary>
    /// <param name="body">Valid JSON.</param>
    public static MediaInBody Of(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var found = default(MediaInBody);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("data"u8))
            {
                continue;
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length >= LeastBytes
                && reader.ValueSpan.IndexOf((byte)' ') < 0)
            {
                found = new MediaInBody(found.Bytes + reader.ValueSpan.Length, found.Tokens + TokensEach);
            }
        }

        return found;
    }
}
