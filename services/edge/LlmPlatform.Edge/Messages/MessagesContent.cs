using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>What streamed and whole answers to a Messages caller have in common.</summary>
internal static class MessagesContent
{
    /// <summary>The provider's id of an answer, or one of ours where it gives none.</summary>
    public static string IdOf(AnswerHead head, string requestId) =>
        head.Id ?? $"msg_{requestId.Replace("-", "", StringComparison.Ordinal)}";

    /// <summary>Why an answer ended, in Anthropic's words.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="saidNo">True when the model refused in words, which it ends as any other answer.</param>
    public static string NameOf(StopReason reason, bool saidNo) => reason switch
    {
        StopReason.Length => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.ToolCalls => "tool_use",
        StopReason.ContentFilter => "refusal",
        StopReason.ContextWindow => "model_context_window_exceeded",
        StopReason.Pause => "pause_turn",
        _ => saidNo ? "refusal" : "end_turn",
    };

    /// <summary>
    /// Writes the figures of a usage object. Input is what was neither read from nor written to a cache; of sound
    /// Anthropic knows nothing, so its tokens are input and output like others.
    /// </summary>
    public static void WriteUsage(Utf8JsonWriter json, TokenUsage tokens, bool withSplit)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", tokens.InputUncached + tokens.AudioIn);
        json.WriteNumber("cache_creation_input_tokens", tokens.CacheWrite5m + tokens.CacheWrite1h);
        json.WriteNumber("cache_read_input_tokens", tokens.CacheRead);
        if (withSplit)
        {
            json.WriteStartObject("cache_creation");
            json.WriteNumber("ephemeral_5m_input_tokens", tokens.CacheWrite5m);
            json.WriteNumber("ephemeral_1h_input_tokens", tokens.CacheWrite1h);
            json.WriteEndObject();
        }

        json.WriteNumber("output_tokens", tokens.TotalOutput);
        if (tokens.OutputReasoning > 0)
        {
            json.WriteStartObject("output_tokens_details");
            json.WriteNumber("thinking_tokens", tokens.OutputReasoning);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
