using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>The objects that a converse answer is made of.</summary>
internal sealed class ConverseAnswer(ProviderCall call)
{
    public const int LatencyMs = 12;

    public string StopReason => call.Answer.Ending switch
    {
        AnswerEnding.Length => "max_tokens",
        AnswerEnding.Refusal => "refusal",
        AnswerEnding.ContentFilter => "content_filtered",
        _ => call.Answer.Calls ? "tool_use" : "end_turn",
    };

    public JsonObject Whole()
    {
        var answer = new JsonObject
        {
            ["metrics"] = new JsonObject { ["latencyMs"] = LatencyMs },
            ["output"] = new JsonObject
            {
                ["message"] = new JsonObject
                {
                    ["content"] = new JsonArray([.. call.Answer.Parts.Select(Block)]),
                    ["role"] = "assistant",
                },
            },
            ["stopReason"] = StopReason,
        };
        if (!call.Script.OmitUsage)
            answer["usage"] = Usage(call.Usage);
        return answer;
    }

    public string ToolUseId(AnswerPart part) => call.CallId("tooluse_", part);

    /// <summary>Usage as Bedrock splits it: input without what a cache had or took, the total with it.</summary>
    public static JsonObject Usage(ProviderUsage usage)
    {
        var said = new JsonObject
        {
            ["inputTokens"] = usage.Uncached,
            ["outputTokens"] = usage.Completion,
            ["totalTokens"] = usage.Total,
        };
        if (usage.Prompt != usage.Uncached)
        {
            said["cacheReadInputTokens"] = usage.Cached;
            said["cacheWriteInputTokens"] = usage.CacheWrite + usage.CacheWriteHour;
        }

        return said;
    }

    private JsonObject Block(AnswerPart part) => part.Kind switch
    {
        AnswerPartKind.Thought => new JsonObject
        {
            ["reasoningContent"] = new JsonObject
            {
                ["reasoningText"] = new JsonObject
                {
                    ["text"] = part.Whole,
                    ["signature"] = ThoughtSignature.Of(part.Whole),
                },
            },
        },
        AnswerPartKind.ToolCall => new JsonObject
        {
            ["toolUse"] = new JsonObject
            {
                ["input"] = JsonNode.Parse(part.Whole),
                ["name"] = part.Tool!.Name,
                ["toolUseId"] = ToolUseId(part),
            },
        },
        _ => new JsonObject { ["text"] = part.Whole },
    };
}
