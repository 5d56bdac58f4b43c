using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>Writes output items as OpenAI's responses have them.</summary>
internal static class ResponsesItems
{
    public const string InProgress = "in_progress";
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";

    /// <summary>What the model says, in parts that are written already.</summary>
    public static void WriteMessage(Utf8JsonWriter json, string id, string status, IEnumerable<byte[]> parts)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", "message");
        json.WriteString("status", status);
        json.WriteStartArray("content");
        foreach (var part in parts)
        {
            json.WriteRawValue(part, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteString("role", "assistant");
        json.WriteEndObject();
    }

    /// <summary>A part of what the model says.</summary>
    /// <param name="json">Receives it.</param>
    /// <param name="text">The text.</param>
    /// <param name="isRefusal">Whether it refuses.</param>
    /// <param name="logprobs">Of its tokens, in OpenAI's shape.</param>
    public static void WritePart(
        Utf8JsonWriter json, string text, bool isRefusal, IEnumerable<JsonElement> logprobs)
    {
        json.WriteStartObject();
        if (isRefusal)
        {
            json.WriteString("type", "refusal");
            json.WriteString("refusal", text);
        }
        else
        {
            json.WriteString("type", "output_text");
            json.WriteStartArray("annotations");
            json.WriteEndArray();
            WriteLogprobs(json, logprobs);
            json.WriteString("text", text);
        }

        json.WriteEndObject();
    }

    /// <summary>The member with the probabilities of some tokens.</summary>
    public static void WriteLogprobs(Utf8JsonWriter json, IEnumerable<JsonElement> logprobs)
    {
        json.WriteStartArray("logprobs");
        foreach (var token in logprobs)
        {
            token.WriteTo(json);
        }

        json.WriteEndArray();
    }

    /// <summary>
    /// What the model thought. The signature rides as the encrypted content, which callers send back unread: a thought
    /// that is not sent back as it was signed is refused by its provider.
    /// </summary>
    /// <param name="json">Receives it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="text">The thought; null where only the signature is left of it.</param>
    /// <param name="signature">The provider's; null when it gave none.</param>
    public static void WriteReasoning(Utf8JsonWriter json, string id, string? text, ThoughtSignature? signature)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", "reasoning");
        json.WriteStartArray("summary");
        if (text is not null)
        {
            WriteSummary(json, text);
        }

        json.WriteEndArray();
        if (signature is not null)
        {
            json.WriteString("encrypted_content", signature.Format(SignatureOrigins.OpenAi));
        }

        json.WriteEndObject();
    }

    /// <summary>The text of a thought.</summary>
    public static void WriteSummary(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "summary_text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    /// <summary>A tool call.</summary>
    public static void WriteCall(
        Utf8JsonWriter json, string id, string status, string callId, string name, string arguments)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", "function_call");
        json.WriteString("status", status);
        json.WriteString("arguments", arguments);
        json.WriteString("call_id", callId);
        json.WriteString("name", name);
        json.WriteEndObject();
    }
}
