using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>The objects that a message is made of, whole or as it grows.</summary>
internal sealed class MessageAnswer(ProviderCall call)
{
    public string StopReason => call.Answer.Ending switch
    {
        AnswerEnding.Length => "max_tokens",
        AnswerEnding.Refusal or AnswerEnding.ContentFilter => "refusal",
        _ => call.Answer.Calls ? "tool_use" : "end_turn",
    };

    public JsonObject Whole()
    {
        var message = Envelope(new JsonArray([.. call.Answer.Parts.Select(part => Block(part, isDone: true))]));
        message["stop_reason"] = StopReason;
        message["usage"] = call.Script.OmitUsage ? null : Usage(call.Usage);
        return message;
    }

    public JsonObject Envelope(JsonArray content) => new()
    {
        ["id"] = call.Attempt.Id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = call.Attempt.Model,
        ["content"] = content,
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
    };

    public JsonObject Block(AnswerPart part, bool isDone) => part.Kind switch
    {
        AnswerPartKind.Thought => new JsonObject
        {
            ["type"] = "thinking",
            ["thinking"] = isDone ? part.Whole : "",
            ["signature"] = isDone ? ThoughtSignature.Of(part.Whole) : "",
        },
        AnswerPartKind.ToolCall => new JsonObject
        {
            ["type"] = "tool_use",
            ["id"] = call.CallId("toolu_", part),
            ["name"] = part.Tool!.Name,
            ["input"] = isDone ? JsonNode.Parse(part.Whole) : new JsonObject(),
        },
        _ => new JsonObject { ["type"] = "text", ["text"] = isDone ? part.Whole : "" },
    };

    /// <summary>Usage as Anthropic splits it: what a cache had or took is no part of the input.</summary>
    public static JsonObject Usage(ProviderUsage usage) => new()
    {
        ["input_tokens"] = usage.Uncached,
        ["cache_creation_input_tokens"] = usage.CacheWrite + usage.CacheWriteHour,
        ["cache_read_input_tokens"] = usage.Cached,
        ["cache_creation"] = new JsonObject
        {
            ["ephemeral_5m_input_tokens"] = usage.CacheWrite,
            ["ephemeral_1h_input_tokens"] = usage.CacheWriteHour,
        },
        ["output_tokens"] = usage.Completion,
        ["service_tier"] = "standard",
    };
}
