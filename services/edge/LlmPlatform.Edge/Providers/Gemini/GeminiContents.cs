using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// Writes a conversation as <c>contents</c>. The two sides are <c>user</c> and <c>model</c>; what tools answered stands
/// with the user, all answers to one turn of calls in one content, since Gemini counts them against each other.
/// </summary>
internal sealed class GeminiContents(Utf8JsonWriter writer, GeminiModel model)
{
    // What Google documents for a call whose history it did not make itself: its models of the third generation
    // refuse a turn whose first call comes back without any signature.
    private const string ForeignHistory = "skip_thought_signature_validator";

    // Numbers of so few characters are found again in a 64-bit float.
    private const int MaxExactDigits = 15;

    private readonly Dictionary<string, string> _toolNames = new(StringComparer.Ordinal);

    /// <summary>Writes all turns.</summary>
    /// <exception cref="TranslationException">Gemini has no words for one of them.</exception>
    public void Write(IReadOnlyList<Turn> turns)
    {
        writer.WriteStartArray("contents"u8);
        for (var next = 0; next < turns.Count;)
        {
            var first = next;
            while (next < turns.Count && turns[next].Role == turns[first].Role)
            {
                next++;
            }

            WriteContent(turns[first].Role, [.. turns.Take(first..next).SelectMany(turn => turn.Parts)]);
        }

        writer.WriteEndArray();
    }

    private void WriteContent(TurnRole role, List<ContentPart> parts)
    {
        if (role == TurnRole.Assistant ? !parts.Any(IsSaid) : parts.Count == 0)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, role == TurnRole.Assistant ? "model"u8 : "user"u8);
        writer.WriteStartArray("parts"u8);
        switch (role)
        {
            case TurnRole.Assistant: WriteModelParts(parts); break;
            case TurnRole.Tool: WriteToolParts(parts); break;
            default: WriteUserParts(parts); break;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteUserParts(List<ContentPart> parts)
    {
        // Empty text is refused, unless it is all there is: then the refusal is deserved.
        var isOnlyText = parts.TrueForAll(part => part is ContentPart.Text { Value.Length: 0 });
        foreach (var part in parts)
        {
            if (part is not ContentPart.Text text)
            {
                GeminiMedia.Write(writer, part);
            }
            else if (text.Value.Length > 0 || isOnlyText)
            {
                WriteText(text.Value, null);
            }
        }
    }

    // Thoughts are summaries for people. What the model remembers is in their signature, which stands on the part that
    // followed the thought, or, where it ended a text, on an empty text of its own.
    private void WriteModelParts(List<ContentPart> parts)
    {
        string? signature = null;
        var isFirstCall = true;
        for (var i = 0; i < parts.Count; i++)
        {
            switch (parts[i])
            {
                case ContentPart.Thinking { Signature: { Origin: SignatureOrigins.Gemini } own } thinking:
                    if (thinking.IsRedacted && i > 0 && parts[i - 1] is ContentPart.Text)
                    {
                        WriteText("", own.Value);
                    }
                    else
                    {
                        signature = own.Value;
                    }

                    break;
                case ContentPart.Text { Value.Length: > 0 } text:
                    WriteText(text.Value, signature);
                    signature = null;
                    break;
                case ContentPart.Refusal { Value.Length: > 0 } refusal:
                    WriteText(refusal.Value, null);
                    break;
                case ContentPart.ToolCall call:
                    WriteCall(call, SignatureOf(call) ?? signature ?? Foreign(isFirstCall));
                    signature = null;
                    isFirstCall = false;
                    break;
                case ContentPart.Image or ContentPart.Document or ContentPart.Audio:
                    GeminiMedia.Write(writer, parts[i]);
                    break;
            }
        }

        if (signature is not null)
        {
            WriteText("", signature);
        }
    }

    private static bool IsSaid(ContentPart part) => part switch
    {
        ContentPart.Text text => text.Value.Length > 0,
        ContentPart.Refusal refusal => refusal.Value.Length > 0,
        ContentPart.Thinking thinking => thinking.Signature is { Origin: SignatureOrigins.Gemini },
        _ => true,
    };

    private static string? SignatureOf(ContentPart.ToolCall call) =>
        call.Signature is { Origin: SignatureOrigins.Gemini } own ? own.Value : null;

    private string? Foreign(bool isFirstCall) => isFirstCall && model.IsThirdGeneration ? ForeignHistory : null;

    private void WriteText(string text, string? signature)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        WriteSignature(signature);
        writer.WriteEndObject();
    }

    private void WriteSignature(string? signature)
    {
        if (signature is not null)
        {
            writer.WriteString("thoughtSignature"u8, signature);
        }
    }

    private void WriteCall(ContentPart.ToolCall call, string? signature)
    {
        _toolNames[call.Id] = call.Name;
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall"u8);
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("args"u8);
        WriteArguments(call.Arguments);
        writer.WriteEndObject();
        WriteSignature(signature);
        writer.WriteEndObject();
    }

    private void WriteArguments(string arguments)
    {
        try
        {
            var text = string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments;
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                writer.WriteRawValue(text, skipInputValidation: true);
                return;
            }
        }
        catch (JsonException)
        {
            // Refused below, as any other text that is no object.
        }

        throw new TranslationException("The arguments of a tool call are not the text of a JSON object.", "arguments");
    }

    private void WriteToolParts(List<ContentPart> parts)
    {
        List<ContentPart> beside = [];
        foreach (var part in parts)
        {
            if (part is not ContentPart.ToolResult result)
            {
                throw new TranslationException("A turn of tools holds something else than their results.");
            }

            WriteResult(result, beside);
        }

        foreach (var media in beside)
        {
            GeminiMedia.Write(writer, media);
        }
    }

    private void WriteResult(ContentPart.ToolResult result, List<ContentPart> beside)
    {
        if (!_toolNames.TryGetValue(result.ToolCallId, out var name))
        {
            throw new TranslationException(
                "A tool result names a call that no earlier message of the conversation makes.", "tool_call_id");
        }

        var media = result.Content.Where(part => part is not ContentPart.Text).ToList();
        writer.WriteStartObject();
        writer.WriteStartObject("functionResponse"u8);
        writer.WriteString("id"u8, result.ToolCallId);
        writer.WriteString("name"u8, name);
        writer.WriteStartObject("response"u8);
        writer.WritePropertyName(result.IsError ? "error"u8 : "output"u8);
        WriteOutput(string.Concat(result.Content.OfType<ContentPart.Text>().Select(text => text.Value)));
        writer.WriteEndObject();
        if (media.Count > 0 && model.IsThirdGeneration)
        {
            writer.WriteStartArray("parts"u8);
            media.ForEach(part => GeminiMedia.Write(writer, part));
            writer.WriteEndArray();
        }
        else
        {
            beside.AddRange(media);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // What a tool says in JSON is given as JSON, so that the model sees its structure, unless that would change it: all
    // numbers become 64-bit floats on the way.
    private void WriteOutput(string output)
    {
        if (output.AsSpan().TrimStart() is ['{' or '[', ..] && IsKeptJson(output))
        {
            writer.WriteRawValue(output, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(output);
        }
    }

    private static bool IsKeptJson(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            return IsKept(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsKept(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(member => IsKept(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(IsKept),
        JsonValueKind.Number => value.GetRawText().Length <= MaxExactDigits,
        _ => true,
    };
}
