using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>Writes the parts of a conversation as Anthropic's content blocks.</summary>
internal static class PartWriter
{
    /// <summary>
    /// False for what is left out: text that is empty, and thoughts that Anthropic did not sign, which it refuses.
    /// </summary>
    public static bool IsSaid(ContentPart part) => part switch
    {
        ContentPart.Text text => !string.IsNullOrWhiteSpace(text.Value),
        ContentPart.Refusal refusal => !string.IsNullOrWhiteSpace(refusal.Value),
        ContentPart.Thinking thinking => thinking.Signature is { Origin: SignatureOrigins.Anthropic },
        _ => true,
    };

    /// <summary>Writes a part as a block.</summary>
    /// <exception cref="TranslationException">The protocol has no words for it.</exception>
    public static void Write(Utf8JsonWriter json, ContentPart part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case ContentPart.Text text:
                WriteText(json, text.Value);
                break;
            case ContentPart.Refusal refusal:
                WriteText(json, refusal.Value);
                break;
            case ContentPart.Image image:
                json.WriteString("type", "image");
                MediaWriter.WriteImage(json, image.Source);
                break;
            case ContentPart.Document document:
                WriteDocument(json, document);
                break;
            case ContentPart.Thinking thinking:
                WriteThinking(json, thinking);
                break;
            case ContentPart.ToolCall call:
                WriteCall(json, call);
                break;
            case ContentPart.ToolResult result:
                WriteResult(json, result);
                break;
            default:
                throw new TranslationException("The provider of this model takes no sound.");
        }

        WriteCacheMark(json, part is ContentPart.Thinking ? null : part.Cache);
        json.WriteEndObject();
    }

    /// <summary>Writes the mark of a block or a tool, if it has one.</summary>
    public static void WriteCacheMark(Utf8JsonWriter json, CacheMark? mark)
    {
        if (mark is null)
        {
            return;
        }

        json.WriteStartObject("cache_control");
        json.WriteString("type", "ephemeral");
        if (mark.Ttl is { } ttl)
        {
            json.WriteString("ttl", ttl);
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteString("type", "text");
        json.WriteString("text", text);
    }

    private static void WriteDocument(Utf8JsonWriter json, ContentPart.Document document)
    {
        json.WriteString("type", "document");
        MediaWriter.WriteDocument(json, document.Source);
        if (document.Name is { Length: > 0 } name)
        {
            json.WriteString("title", name);
        }
    }

    private static void WriteThinking(Utf8JsonWriter json, ContentPart.Thinking thinking)
    {
        if (thinking.IsRedacted)
        {
            json.WriteString("type", "redacted_thinking");
            json.WriteString("data", thinking.Signature!.Value);
            return;
        }

        json.WriteString("type", "thinking");
        json.WriteString("thinking", thinking.Value);
        json.WriteString("signature", thinking.Signature!.Value);
    }

    private static void WriteCall(Utf8JsonWriter json, ContentPart.ToolCall call)
    {
        json.WriteString("type", "tool_use");
        json.WriteString("id", IdOf(call.Id));
        json.WriteString("name", call.Name);
        json.WritePropertyName("input");
        try
        {
            using var input = JsonDocument.Parse(call.Arguments);
            if (input.RootElement.ValueKind == JsonValueKind.Object)
            {
                input.RootElement.WriteTo(json);
                return;
            }
        }
        catch (JsonException)
        {
            // Said below, as for any other arguments that are none.
        }

        throw new TranslationException(
            $"The arguments of an earlier call of '{call.Name}' are no JSON object, and the provider takes no other.");
    }

    private static void WriteResult(Utf8JsonWriter json, ContentPart.ToolResult result)
    {
        json.WriteString("type", "tool_result");
        json.WriteString("tool_use_id", IdOf(result.ToolCallId));
        var content = result.Content.Where(IsSaid).ToList();
        if (content.Count > 0)
        {
            json.WriteStartArray("content");
            foreach (var part in content)
            {
                Write(json, part);
            }

            json.WriteEndArray();
        }

        if (result.IsError)
        {
            json.WriteBoolean("is_error", true);
        }
    }

    // Anthropic takes letters, digits, _ and - in an id; other providers' ids have more.
    private static string IdOf(string id)
    {
        if (id.Length > 0 && id.All(IsPlain))
        {
            return id;
        }

        var plain = new StringBuilder("call_");
        foreach (var letter in id)
        {
            plain.Append(IsPlain(letter) ? letter : '_');
        }

        return plain.ToString();
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}
