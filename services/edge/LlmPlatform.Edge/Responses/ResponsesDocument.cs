using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// Writes the response object of a translated answer: the body of a whole one, and what the first and last events of a
/// stream carry. Nothing is kept of it anywhere, so <c>store</c> is false whatever was asked.
/// </summary>
internal sealed class ResponsesDocument(string requestId, ResponsesEcho echo)
{
    /// <summary>How everything of this API is written: for programs, never into a page.</summary>
    public static JsonWriterOptions Json { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The response's id.</summary>
    public string Id { get; } = UnstoredIds.Response(requestId);

    /// <summary>The model as the provider names it, or as it was asked for.</summary>
    public string Model { get; set; } = "";

    /// <summary>The items of the output so far, whole, each as it is written.</summary>
    public List<byte[]> Output { get; } = [];

    /// <summary>What was consumed; null before it is known.</summary>
    public UsageReport? Usage { get; set; }

    /// <summary>Why the answer ended.</summary>
    public StopReason StopReason { get; set; } = StopReason.EndTurn;

    /// <summary>Set when it failed.</summary>
    public (string Code, string Message)? Error { get; set; }

    /// <summary>Why it is incomplete, as the protocol spells it; null when it is complete.</summary>
    public string? IncompleteReason => StopReason switch
    {
        StopReason.Length or StopReason.ContextWindow => "max_output_tokens",
        StopReason.ContentFilter => "content_filter",
        _ => null,
    };

    /// <summary>How it ended.</summary>
    public string FinalStatus => Error is not null ? "failed"
        : IncompleteReason is not null ? ResponsesItems.Incomplete
        : ResponsesItems.Completed;

    /// <summary>The id of the item that comes next.</summary>
    /// <param name="kind">How the protocol begins the ids of such items: <c>msg</c>, <c>rs</c>, <c>fc</c>.</param>
    public string NextId(string kind) => UnstoredIds.Item(kind, requestId, Output.Count);

    /// <summary>Writes the object.</summary>
    /// <param name="json">Receives it.</param>
    /// <param name="status"><c>in_progress</c>, or <see cref="FinalStatus"/>.</param>
    public void Write(Utf8JsonWriter json, string status)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", OpenAiIds.SecondsOf(requestId));
        json.WriteString("status", status);
        json.WriteBoolean("background", false);
        WriteError(json);
        WriteIncompleteDetails(json, status);
        echo.WriteBeforeOutput(json);
        json.WriteString("model", Model);
        json.WriteStartArray("output");
        foreach (var item in Output)
        {
            json.WriteRawValue(item, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteNull("previous_response_id");
        json.WriteBoolean("store", false);
        json.WriteString("truncation", "disabled");
        echo.WriteAfterOutput(json);
        WriteUsage(json);
        json.WriteEndObject();
    }

    /// <summary>Writes an item to be kept in the output.</summary>
    public static byte[] Item(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, Json);
        write(json);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteError(Utf8JsonWriter json)
    {
        if (Error is not { } error)
        {
            json.WriteNull("error");
            return;
        }

        json.WriteStartObject("error");
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }

    private void WriteIncompleteDetails(Utf8JsonWriter json, string status)
    {
        if (status != ResponsesItems.Incomplete)
        {
            json.WriteNull("incomplete_details");
            return;
        }

        json.WriteStartObject("incomplete_details");
        json.WriteString("reason", IncompleteReason);
        json.WriteEndObject();
    }

    // In this protocol the input includes what was read from and written to a cache, the output the reasoning.
    private void WriteUsage(Utf8JsonWriter json)
    {
        if (Usage?.Tokens is not { } tokens)
        {
            json.WriteNull("usage");
            return;
        }

        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", tokens.TotalInput);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", tokens.CacheRead);
        if (tokens.CacheWrite5m + tokens.CacheWrite1h is > 0 and var written)
        {
            json.WriteNumber("cache_write_tokens", written);
        }

        json.WriteEndObject();
        json.WriteNumber("output_tokens", tokens.TotalOutput);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", tokens.OutputReasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", tokens.TotalInput + tokens.TotalOutput);
        json.WriteEndObject();
    }
}
