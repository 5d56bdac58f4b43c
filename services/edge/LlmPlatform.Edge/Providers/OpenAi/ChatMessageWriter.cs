using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>Writes a conversation as chat messages.</summary>
internal static class ChatMessageWriter
{
    private const string BetweenTexts = "\n\n";

    /// <summary>Writes the member <c>messages</c>.</summary>
    public static void Write(Utf8JsonWriter json, GenerationRequest request, ChatDialect dialect)
    {
        json.WriteStartArray("messages");
        WriteInstructions(json, request, dialect);
        foreach (var turn in request.Turns)
        {
            switch (turn.Role)
            {
                case TurnRole.Assistant:
                    WriteAssistant(json, turn, dialect);
                    break;
                case TurnRole.Tool:
                    WriteResults(json, turn, dialect);
                    break;
                default:
                    WriteUser(json, turn, dialect);
                    break;
            }
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a mark for caching where it is understood.</summary>
    public static void WriteCache(Utf8JsonWriter json, CacheMark? cache, ChatDialect dialect)
    {
        if (cache is null || !dialect.TakesCacheMarks)
        {
            return;
        }

        json.WriteStartObject("cache_control");
        json.WriteString("type", "ephemeral");
        if (cache.Ttl is { } ttl)
        {
            json.WriteString("ttl", ttl);
        }

        json.WriteEndObject();
    }

    // One message: the templates of many models take no second one. OpenAI's models of today take it for the
    // developer's.
    private static void WriteInstructions(Utf8JsonWriter json, GenerationRequest request, ChatDialect dialect)
    {
        var instructions = request.Instructions;
        if (request.Format is { Schema: { } schema } && dialect.Format == FormatSpelling.JsonObject)
        {
            instructions =
            [
                .. instructions,
                new ContentPart.Text("Answer with a JSON object that follows this JSON schema: " + schema.GetRawText()),
            ];
        }

        if (instructions.Count > 0)
        {
            json.WriteStartObject();
            json.WriteString("role", "system");
            WriteContent(json, instructions, dialect, keepsParts: false);
            json.WriteEndObject();
        }
    }

    private static void WriteUser(Utf8JsonWriter json, Turn turn, ChatDialect dialect)
    {
        json.WriteStartObject();
        json.WriteString("role", "user");
        WriteName(json, turn, dialect);
        WriteContent(json, turn.Parts, dialect, keepsParts: true);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, Turn turn, ChatDialect dialect)
    {
        if (dialect.TakesNames && turn.Name is { } name)
        {
            json.WriteString("name", name);
        }
    }

    private static void WriteAssistant(Utf8JsonWriter json, Turn turn, ChatDialect dialect)
    {
        var calls = turn.Parts.OfType<ContentPart.ToolCall>().ToList();
        var refusal = Joined(turn.Parts.OfType<ContentPart.Refusal>().Select(part => part.Value));
        var text = Joined(turn.Parts.OfType<ContentPart.Text>().Select(part => part.Value));
        if (!dialect.TakesRefusals)
        {
            text ??= refusal;
            refusal = null;
        }

        // What was only thought is nothing that was said.
        if (calls.Count == 0 && text is null && refusal is null)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role", "assistant");
        WriteName(json, turn, dialect);
        json.WriteString("content", text);
        if (refusal is not null)
        {
            json.WriteString("refusal", refusal);
        }

        if (calls.Count > 0)
        {
            WriteCalls(json, turn, calls, dialect);
        }

        json.WriteEndObject();
    }

    private static void WriteCalls(
        Utf8JsonWriter json, Turn turn, IReadOnlyList<ContentPart.ToolCall> calls, ChatDialect dialect)
    {
        if (dialect.WantsThoughtsOfCalls)
        {
            var thoughts = turn.Parts.OfType<ContentPart.Thinking>().Select(thought => thought.Value);
            json.WriteString("reasoning_content", string.Concat(thoughts));
        }

        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", CallIds.For(call.Id, dialect));
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments);
            json.WriteEndObject();
            if (dialect.TakesCallSignatures && call.Signature is { Origin: SignatureOrigins.Gemini } signature)
            {
                json.WriteStartObject("extra_content");
                json.WriteStartObject("google");
                json.WriteString("thought_signature", signature.Value);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A result holds text only: what else a tool answered with follows as the user's, after the last of the results,
    // which must stand together.
    private static void WriteResults(Utf8JsonWriter json, Turn turn, ChatDialect dialect)
    {
        var rest = new List<ContentPart>();
        foreach (var result in turn.Parts.OfType<ContentPart.ToolResult>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", CallIds.For(result.ToolCallId, dialect));
            var texts = result.Content.OfType<ContentPart.Text>().ToList();
            if (texts.Count == 0)
            {
                json.WriteString("content", "");
            }
            else
            {
                WriteContent(json, texts, dialect, keepsParts: false);
            }

            json.WriteEndObject();
            rest.AddRange(result.Content.Where(part => part is not ContentPart.Text));
        }

        if (rest.Count > 0)
        {
            WriteUser(json, new Turn(TurnRole.User, rest), dialect);
        }
    }

    // Text alone is written as text, which every server takes.
    private static void WriteContent(
        Utf8JsonWriter json, IReadOnlyList<ContentPart> parts, ChatDialect dialect, bool keepsParts)
    {
        var isText = parts.All(part => part is ContentPart.Text);
        var hasMarks = dialect.TakesCacheMarks && parts.Any(part => part.Cache is not null);
        if (isText && !hasMarks && (parts.Count <= 1 || !keepsParts || !dialect.TakesTextParts))
        {
            json.WriteString("content", Joined(parts.Cast<ContentPart.Text>().Select(part => part.Value)) ?? "");
            return;
        }

        json.WriteStartArray("content");
        foreach (var part in parts)
        {
            ChatPartWriter.Write(json, part, dialect);
        }

        json.WriteEndArray();
    }

    private static string? Joined(IEnumerable<string> texts)
    {
        var all = texts.ToList();
        return all.Count == 0 ? null : string.Join(BetweenTexts, all);
    }
}
