using System.Text.Json.Nodes;
using System.Text;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>The objects that a chat completion is made of, whole or in chunks.</summary>
internal sealed class ChatAnswer(ProviderCall call)
{
    private readonly bool _logprobs = call.Attempt.Body.IsTrue("logprobs");

    public string FinishReason => call.Answer.Ending switch
    {
        AnswerEnding.Length => "length",
        AnswerEnding.ContentFilter => "content_filter",
        _ => call.Answer.Calls ? "tool_calls" : "stop",
    };

    public JsonObject Whole()
    {
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = call.Answer.Text is { Length: > 0 } text ? text : null,
            ["refusal"] = call.Answer.WholeOf(AnswerPartKind.Refusal) is { Length: > 0 } refusal ? refusal : null,
            ["annotations"] = new JsonArray(),
        };
        if (call.Script.ReasoningContent)
            message["reasoning_content"] = call.Answer.WholeOf(AnswerPartKind.Thought);
        var calls = call.Answer.Parts.Where(part => part.Kind == AnswerPartKind.ToolCall).Select(Call).ToArray();
        if (calls.Length > 0)
            message["tool_calls"] = new JsonArray(calls);
        var answer = Envelope("chat.completion", new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = message,
            ["logprobs"] = _logprobs ? Logprobs(call.Answer.Text) : null,
            ["finish_reason"] = FinishReason,
        }));
        if (!call.Script.OmitUsage)
            answer["usage"] = UsageObject(call.Usage);
        return answer;
    }

    public JsonObject Envelope(string kind, JsonArray choices) => new()
    {
        ["id"] = call.Attempt.Id,
        ["object"] = kind,
        ["created"] = call.CreatedAt,
        ["model"] = call.Attempt.Model,
        ["service_tier"] = "default",
        ["system_fingerprint"] = null,
        ["choices"] = choices,
    };

    public JsonObject Choice(JsonObject delta, string? finishReason = null)
    {
        var choice = new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason };
        if (_logprobs)
            choice["logprobs"] = delta["content"] is { } text ? Logprobs(text.GetValue<string>()) : null;
        return choice;
    }

    public JsonObject Call(AnswerPart part) => part.Tool!.IsFreeText
        ? new JsonObject
        {
            ["id"] = call.CallId("call_", part),
            ["type"] = "custom",
            ["custom"] = new JsonObject { ["name"] = part.Tool.Name, ["input"] = part.Whole },
        }
        : new JsonObject
        {
            ["id"] = call.CallId("call_", part),
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = part.Tool.Name, ["arguments"] = part.Whole },
        };

    public static JsonObject UsageObject(ProviderUsage usage)
    {
        var prompt = new JsonObject { ["cached_tokens"] = usage.Cached, ["audio_tokens"] = 0 };
        if (usage.CacheWrite + usage.CacheWriteHour > 0)
            prompt["cache_write_tokens"] = usage.CacheWrite + usage.CacheWriteHour;
        return new JsonObject
        {
            ["prompt_tokens"] = usage.Prompt,
            ["completion_tokens"] = usage.Completion,
            ["total_tokens"] = usage.Total,
            ["prompt_tokens_details"] = prompt,
            ["completion_tokens_details"] = new JsonObject
            {
                ["reasoning_tokens"] = usage.Reasoning,
                ["audio_tokens"] = 0,
                ["accepted_prediction_tokens"] = 0,
                ["rejected_prediction_tokens"] = 0,
            },
        };
    }

    private static JsonObject Logprobs(string token) => new()
    {
        ["content"] = new JsonArray(new JsonObject
        {
            ["token"] = token,
            ["logprob"] = -0.25,
            ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(token).Select(one => (JsonNode)(int)one)]),
            ["top_logprobs"] = new JsonArray(),
        }),
        ["refusal"] = null,
    };
}
