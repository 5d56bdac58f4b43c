using System.Text.Json;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Completions;

/// <summary>The words of text completions that chunks and whole answers share.</summary>
internal static class CompletionsWords
{
    /// <summary>The kind of both.</summary>
    public const string Kind = "text_completion";

    /// <summary>Why a choice ended.</summary>
    public static string FinishReasonOf(StopReason reason) =>
        reason == StopReason.ToolCalls ? "stop" : ChatWords.FinishReasonOf(reason, usesFunctions: false);

    /// <summary>
    /// Writes probabilities in the older shape: lists side by side, and where each token begins in the text.
    /// </summary>
    /// <param name="json">Receives them.</param>
    /// <param name="tokens">In the shape of chats.</param>
    /// <param name="offset">Where the first of them begins, in characters.</param>
    /// <returns>Where the next one will begin.</returns>
    public static int WriteLogprobs(Utf8JsonWriter json, IReadOnlyList<JsonElement> tokens, int offset)
    {
        json.WriteStartObject("logprobs");
        json.WriteStartArray("tokens");
        foreach (var token in tokens)
        {
            json.WriteStringValue(TextOf(token));
        }

        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (var token in tokens)
        {
            WriteProbability(json, token);
        }

        json.WriteEndArray();
        WriteAlternatives(json, tokens);
        json.WriteStartArray("text_offset");
        foreach (var token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += TextOf(token).Length;
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return offset;
    }

    private static void WriteAlternatives(Utf8JsonWriter json, IReadOnlyList<JsonElement> tokens)
    {
        json.WriteStartArray("top_logprobs");
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            if (token.TryGetProperty("top_logprobs", out var top) && top.ValueKind == JsonValueKind.Array)
            {
                foreach (var alternative in top.EnumerateArray())
                {
                    json.WritePropertyName(TextOf(alternative));
                    WriteProbability(json, alternative);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProbability(Utf8JsonWriter json, JsonElement token)
    {
        if (token.TryGetProperty("logprob", out var value) && value.ValueKind == JsonValueKind.Number)
        {
            value.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static string TextOf(JsonElement token) =>
        token.TryGetProperty("token", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
