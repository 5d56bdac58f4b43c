using System.Globalization;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Guardrails;

/// <summary>
/// Refuses a prompt of more characters than <c>guardrails.max_prompt_chars</c> allows. A body of no more bytes than
/// that cannot have them, so most are never counted. Counted are the texts that a model reads (messages, instructions,
/// tool results), whatever the protocol; neither names nor pictures nor the JSON around them.
/// </summary>
internal sealed class PromptLength(IPlatformConfigurationSource configuration)
{
    /// <summary>Checks a body that was read.</summary>
    public GatewayError? Check(GatewayCall call)
    {
        var limit = configuration.Current.Guardrails.MaxPromptChars;
        if (call.RequestBytes <= limit)
        {
            return null;
        }

        try
        {
            var count = Count(call.Body!.Span);
            return count <= limit
                ? null
                : GatewayError.InvalidRequest(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The prompt has {count:N0} characters; at most {limit:N0} are taken. Shorten it."));
        }
        catch (InvalidOperationException fault)
        {
            return RequestMembers.Malformed(fault);
        }
    }

    /// <summary>Characters of the prompt in a body that is known to be JSON.</summary>
    public static long Count(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        var count = 0L;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPrompt = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("input"u8)
                || reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("system"u8)
                || reader.ValueTextEquals("instructions"u8);
            reader.Read();
            if (isPrompt)
            {
                count += CountIn(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return count;
    }

    // The value the reader stands on. A text counts where it stands for itself, alone or in a list, or under a name
    // that texts have.
    private static long CountIn(ref Utf8JsonReader reader)
    {
        var count = 0L;
        var isText = true;
        var depth = reader.CurrentDepth;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    isText = IsTextName(in reader);
                    break;
                case JsonTokenType.String when isText:
                    count += CharactersOf(in reader);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    isText = true;
                    break;
                default:
                    break;
            }
        }
        while (IsInside(in reader, depth) && reader.Read());
        return count;
    }

    private static bool IsInside(in Utf8JsonReader reader, int depth) =>
        reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;

    private static bool IsTextName(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("content"u8)
        || reader.ValueTextEquals("output"u8) || reader.ValueTextEquals("refusal"u8)
        || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("reasoning_content"u8)
        || reader.ValueTextEquals("arguments"u8);

    // Characters of Unicode: all bytes of UTF-8 but those that continue one; an escape is one character, and so is a
    // pair of them.
    private static long CharactersOf(in Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        var count = 0L;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                count += (text[i] & 0xC0) != 0x80 ? 1 : 0;
            }
            else if (text[i + 1] == 'u')
            {
                // The second half of a pair, \uDC00 to \uDFFF, belongs to the first.
                count += text[i + 2] is (byte)'d' or (byte)'D' && text[i + 3] is (>= (byte)'c' and <= (byte)'f')
                    or (>= (byte)'C' and <= (byte)'F') ? 0 : 1;
                i += 5;
            }
            else
            {
                count++;
                i++;
            }
        }

        return count;
    }
}
