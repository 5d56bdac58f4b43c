using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Writes a whole answer as OpenAI's chat document.</summary>
internal static class ChatAnswerWriter
{
    /// <summary>Writes it.</summary>
    public static void Write(
        Answer answer, ChatEnvelope envelope, bool usesFunctions, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, ChatWords.Readable);
        envelope.Take(answer.Head);
        envelope.WriteStart(json, "chat.completion");
        json.WriteStartArray("choices");
        for (var index = 0; index < answer.Choices.Count; index++)
        {
            WriteChoice(json, index, answer.Choices[index], usesFunctions);
        }

        json.WriteEndArray();
        if (answer.Usage is { } usage)
        {
            ChatWords.WriteUsage(json, usage);
        }

        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, int index, AnswerChoice choice, bool usesFunctions)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        WriteMessage(json, choice.Parts, usesFunctions);
        WriteLogprobs(json, choice.Logprobs);
        json.WriteString("finish_reason", ChatWords.FinishReasonOf(choice.StopReason, usesFunctions));
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, IReadOnlyList<ContentPart> parts, bool usesFunctions)
    {
        var text = Joined(parts.OfType<ContentPart.Text>().Select(part => part.Value));
        var refusal = Joined(parts.OfType<ContentPart.Refusal>().Select(part => part.Value));
        var calls = parts.OfType<ContentPart.ToolCall>().ToList();
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", text ?? (refusal is null && calls.Count == 0 ? "" : null));
        json.WriteString("refusal", refusal);
        WriteThoughts(json, [.. parts.OfType<ContentPart.Thinking>()]);
        if (calls.Count > 0)
        {
            WriteCalls(json, calls, usesFunctions);
        }

        json.WriteStartArray("annotations");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteThoughts(Utf8JsonWriter json, IReadOnlyList<ContentPart.Thinking> thoughts)
    {
        if (Joined(thoughts.Where(thought => !thought.IsRedacted).Select(thought => thought.Value)) is { } said)
        {
            json.WriteString("reasoning_content", said);
        }

        if (!thoughts.Any(thought => thought.Signature is not null))
        {
            return;
        }

        json.WriteStartArray("thinking_blocks");
        foreach (var thought in thoughts.Where(thought => thought.Signature is not null))
        {
            ChatWords.WriteThinkingBlock(json, thought.Value, thought.Signature, thought.IsRedacted);
        }

        json.WriteEndArray();
    }

    private static void WriteCalls(
        Utf8JsonWriter json, List<ContentPart.ToolCall> calls, bool usesFunctions)
    {
        if (usesFunctions)
        {
            json.WriteStartObject("function_call");
            WriteFunction(json, calls[0]);
            json.WriteEndObject();
            return;
        }

        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.Id);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            WriteFunction(json, call);
            json.WriteEndObject();
            if (call.Signature is { } signature)
            {
                ChatWords.WriteCallSignature(json, signature);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFunction(Utf8JsonWriter json, ContentPart.ToolCall call)
    {
        json.WriteString("name", call.Name);
        json.WriteString("arguments", call.Arguments);
    }

    private static void WriteLogprobs(Utf8JsonWriter json, IReadOnlyList<JsonElement> tokens)
    {
        if (tokens.Count == 0)
        {
            json.WriteNull("logprobs");
            return;
        }

        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        foreach (var token in tokens)
        {
            token.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    private static string? Joined(IEnumerable<string> texts)
    {
        var all = texts.ToList();
        return all.Count == 0 ? null : string.Concat(all);
    }
}
