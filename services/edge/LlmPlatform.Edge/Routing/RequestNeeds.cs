using System.Text.Json;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// What a request needs of a model, whatever its protocol: found in the bytes, without parsing them into objects.
/// </summary>
/// <param name="Tools">It brings tools.</param>
/// <param name="Vision">It brings pictures.</param>
/// <param name="MediaBytes">Bytes of the body that pictures and files take.</param>
/// <param name="MediaTokens">Tokens they make, roughly.</param>
internal readonly record struct RequestNeeds(bool Tools, bool Vision, long MediaBytes, long MediaTokens)
{
    // What a picture of the largest size makes that is not scaled down.
    private const int TokensEach = 1600;

    // What is shorter, or has a space in it, is text.
    private const int LeastMediaBytes = 1024;

    /// <summary>Looks through a body that is known to be JSON.</summary>
    public static RequestNeeds Of(ReadOnlySpan<byte> body)
    {
        var (tools, vision, bytes, tokens) = (false, false, 0L, 0L);
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.String } && IsMedia(reader.ValueSpan))
            {
                (bytes, tokens) = (bytes + reader.ValueSpan.Length, tokens + TokensEach);
            }
            else if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }
            else if (reader.CurrentDepth == 1
                && (reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("functions"u8)))
            {
                tools |= IsFilled(ref reader);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                vision |= reader.Read() && reader.TokenType == JsonTokenType.String
                    && (reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("input_image"u8)
                        || reader.ValueTextEquals("image"u8));
            }
        }

        return new RequestNeeds(tools, vision, bytes, tokens);
    }

    private static bool IsFilled(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var depth = reader.CurrentDepth;
        reader.Read();
        var isFilled = reader.TokenType != JsonTokenType.EndArray;
        while (reader.CurrentDepth > depth && reader.Read())
        {
        }

        return isFilled;
    }

    private static bool IsMedia(ReadOnlySpan<byte> text) =>
        text.Length >= LeastMediaBytes && !text.Contains((byte)' ');
}
