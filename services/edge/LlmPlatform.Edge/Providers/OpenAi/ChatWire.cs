using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>The members of chat answers, under all the names and shapes that servers give them.</summary>
internal static class ChatWire
{
    /// <summary>Reads what a message says, or what a delta adds to it.</summary>
    public static void ReadMessage(JsonElement message, JsonElement? logprobs, ChatChoice choice)
    {
        ReadThought(message, choice);
        ReadContent(message, logprobs, choice);
        choice.TakeText(AnswerPartKind.Refusal, Text(message, "refusal"));
        foreach (var call in Calls(message))
        {
            ReadCall(call, choice);
        }

        if (Object(message, "function_call") is { } legacy)
        {
            choice.TakeCall(0, "", Text(legacy, "name"), Arguments(legacy), signature: null);
        }
    }

    /// <summary>Why a choice ended; null when the word says nothing.</summary>
    public static StopReason? StopReasonOf(string word) => word switch
    {
        "" or "null" => null,
        "length" or "max_tokens" or "model_length" => StopReason.Length,
        "tool_calls" or "function_call" => StopReason.ToolCalls,
        "content_filter" => StopReason.ContentFilter,
        "stop_sequence" => StopReason.StopSequence,
        _ => StopReason.EndTurn,
    };

    /// <summary>The fault that a word in the place of such a reason stands for.</summary>
    public static ProviderFault? FaultOf(string word) => word switch
    {
        "insufficient_system_resource" => new ProviderFault(ProviderFaultKind.Overloaded, "") { Code = word },
        "error" or "abort" => new ProviderFault(ProviderFaultKind.Server, "") { Code = word },
        _ => null,
    };

    /// <summary>The probabilities of a choice's tokens; null when there are none.</summary>
    public static JsonElement? Logprobs(JsonElement choice) =>
        Object(choice, "logprobs") is { } holder
        && holder.TryGetProperty("content", out var tokens)
        && tokens.ValueKind == JsonValueKind.Array && tokens.GetArrayLength() > 0
            ? tokens
            : null;

    /// <summary>Whether a member of a delta says anything.</summary>
    public static bool HasContent(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(""u8) is false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => true,
        _ => false,
    };

    /// <summary>A text member; empty when there is none.</summary>
    public static string Text(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) ? TextOf(value) : "";

    /// <summary>An object member; null when there is none.</summary>
    public static JsonElement? Object(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>A small whole number; null when there is none.</summary>
    public static int? Number(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    // DeepSeek, DashScope and vLLM's first name for it; OpenRouter, Ollama and vLLM's second.
    private static void ReadThought(JsonElement message, ChatChoice choice)
    {
        var thought = Text(message, "reasoning_content");
        choice.TakeText(AnswerPartKind.Thinking, thought.Length > 0 ? thought : Text(message, "reasoning"));
    }

    private static void ReadContent(JsonElement message, JsonElement? logprobs, ChatChoice choice)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            choice.TakeContent("", logprobs);
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            choice.TakeContent(TextOf(content), logprobs);
            return;
        }

        // Mistral's reasoning models answer in parts.
        foreach (var part in content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
        {
            if (part.TryGetProperty("thinking", out var thinking))
            {
                choice.TakeText(AnswerPartKind.Thinking, ThoughtOf(thinking));
            }
            else
            {
                choice.TakeContent(Text(part, "text"));
            }
        }
    }

    private static string ThoughtOf(JsonElement thinking)
    {
        if (thinking.ValueKind != JsonValueKind.Array)
        {
            return TextOf(thinking);
        }

        var text = new StringBuilder();
        foreach (var part in thinking.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
        {
            text.Append(Text(part, "text"));
        }

        return text.ToString();
    }

    // Old versions of TGI send one call where the others have a list.
    private static IEnumerable<JsonElement> Calls(JsonElement message) =>
        !message.TryGetProperty("tool_calls", out var calls) ? []
        : calls.ValueKind == JsonValueKind.Array
            ? calls.EnumerateArray().Where(call => call.ValueKind == JsonValueKind.Object)
        : calls.ValueKind == JsonValueKind.Object ? [calls]
        : [];

    private static void ReadCall(JsonElement call, ChatChoice choice)
    {
        var function = Object(call, "function");
        var signature = Object(call, "extra_content") is { } extra && Object(extra, "google") is { } google
            ? Text(google, "thought_signature")
            : "";
        choice.TakeCall(
            Number(call, "index"),
            Text(call, "id"),
            function is { } named ? Text(named, "name") : "",
            function is { } given ? Arguments(given) : "",
            signature.Length > 0 ? new ThoughtSignature(SignatureOrigins.Gemini, signature) : null);
    }

    // Old versions of TGI send the object itself.
    private static string Arguments(JsonElement function) =>
        function.TryGetProperty("arguments", out var arguments)
            ? arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText() : TextOf(arguments)
            : "";

    // Half a surrogate pair in a provider's text is passed over with the text it spoils.
    private static string TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return "";
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
