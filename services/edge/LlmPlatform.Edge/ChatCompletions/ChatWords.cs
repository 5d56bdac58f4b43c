using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>The words of chat answers that chunks and whole answers share.</summary>
internal static class ChatWords
{
    /// <summary>Read by programs, never by a browser as a page: letters stay letters.</summary>
    public static JsonWriterOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A writer for many events, each into the buffer of its moment. It has nothing to give back.</summary>
    public static Utf8JsonWriter NewWriter() => new(Stream.Null, Readable);

    /// <summary>Why a choice ended.</summary>
    public static string FinishReasonOf(StopReason reason, bool usesFunctions) => reason switch
    {
        StopReason.Length or StopReason.ContextWindow => "length",
        StopReason.ToolCalls => usesFunctions ? "function_call" : "tool_calls",
        StopReason.ContentFilter => "content_filter",
        _ => "stop",
    };

    /// <summary>Writes the usage object, whose sums include what other protocols count apart.</summary>
    public static void WriteUsage(Utf8JsonWriter json, UsageReport usage)
    {
        var tokens = usage.Tokens;
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", tokens.TotalInput);
        json.WriteNumber("completion_tokens", tokens.TotalOutput);
        json.WriteNumber("total_tokens", tokens.TotalInput + tokens.TotalOutput);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", tokens.CacheRead);
        json.WriteNumber("audio_tokens", tokens.AudioIn);
        if (tokens.CacheWrite5m + tokens.CacheWrite1h is > 0 and var written)
        {
            json.WriteNumber("cache_write_tokens", written);
        }

        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", tokens.OutputReasoning);
        json.WriteNumber("audio_tokens", tokens.AudioOut);
        json.WriteNumber("accepted_prediction_tokens", 0);
        json.WriteNumber("rejected_prediction_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>
    /// Writes a thought with the signature its maker wants back, in the shape that callers of other gateways know.
    /// </summary>
    /// <param name="json">Receives it.</param>
    /// <param name="thought">Its text.</param>
    /// <param name="signature">Its maker's.</param>
    /// <param name="isRedacted">True when it is only in the signature.</param>
    /// <param name="index">
    /// In a stream, its number: OpenAI's SDK puts lists together by it, and fails without.
    /// </param>
    public static void WriteThinkingBlock(
        Utf8JsonWriter json, string thought, ThoughtSignature? signature, bool isRedacted, int? index = null)
    {
        json.WriteStartObject();
        if (index is { } number)
        {
            json.WriteNumber("index", number);
        }

        if (isRedacted)
        {
            json.WriteString("type", "redacted_thinking");
            json.WriteString("data", signature?.Format(SignatureOrigins.Anthropic));
        }
        else
        {
            json.WriteString("type", "thinking");
            json.WriteString("thinking", thought);
            json.WriteString("signature", signature?.Format(SignatureOrigins.Anthropic));
        }

        json.WriteEndObject();
    }

    /// <summary>Writes what a provider hangs on a call and wants back, where Google's own chat API has it.</summary>
    public static void WriteCallSignature(Utf8JsonWriter json, ThoughtSignature signature)
    {
        json.WriteStartObject("extra_content");
        json.WriteStartObject("google");
        json.WriteString("thought_signature", signature.Format(SignatureOrigins.Gemini));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
