using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>The objects that a response is made of, finished or in progress.</summary>
internal sealed class ResponseItems(ProviderCall call)
{
    private static readonly string[] _echoed =
    [
        "instructions", "max_output_tokens", "max_tool_calls", "previous_response_id", "prompt_cache_key", "reasoning",
        "safety_identifier", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation",
        "user", "metadata",
    ];

    public string ResponseId { get; } = call.Attempt.Id.Replace("chatcmpl-", "resp_", StringComparison.Ordinal);

    /// <summary>The calls of tools that OpenAI runs; they come before anything the model says.</summary>
    public IReadOnlyList<HostedCall> Hosted { get; } =
        [.. call.Attempt.Body.Items("tools").SelectMany(tool => HostedCall.Of(tool) ?? [])];

    /// <summary>The text cites what was found.</summary>
    public bool Cites => Hosted.Any(one => one.Type == "web_search_call");

    public string CallId(AnswerPart part) => call.CallId("call_", part);

    public string ItemId(string prefix, int index) => $"{prefix}{ResponseId["resp_".Length..]}_{index}";

    public JsonObject Whole()
    {
        var output = Hosted.Select((one, index) => Item(one, index, "completed"))
            .Concat(call.Answer.Parts.Select((part, index) => Item(part, Hosted.Count + index, isDone: true)));
        return Envelope(TerminalStatus, new JsonArray([.. output]), call.Script.OmitUsage ? null : call.Usage);
    }

    public string TerminalStatus =>
        call.Answer.Ending is AnswerEnding.Length or AnswerEnding.ContentFilter ? "incomplete" : "completed";

    public JsonObject Envelope(string status, JsonArray output, ProviderUsage? usage = null)
    {
        var response = new JsonObject
        {
            ["id"] = ResponseId,
            ["object"] = "response",
            ["created_at"] = call.CreatedAt,
            ["status"] = status,
            ["background"] = false,
            ["error"] = status == "failed"
                ? new JsonObject { ["code"] = "server_error", ["message"] = "The model broke off." }
                : null,
            ["incomplete_details"] = status == "incomplete"
                ? new JsonObject
                {
                    ["reason"] = call.Answer.Ending == AnswerEnding.Length ? "max_output_tokens" : "content_filter",
                }
                : null,
            ["model"] = call.Attempt.Model,
            ["output"] = output,
            ["parallel_tool_calls"] = call.Request.ParallelCalls,
            ["service_tier"] = "default",
            ["store"] = !call.Attempt.Body.IsFalse("store"),
            ["usage"] = usage is null ? null : UsageObject(usage),
        };
        foreach (var name in _echoed)
            response[name] = call.Attempt.Body.Member(name) is { } given ? JsonNode.Parse(given.GetRawText()) : null;
        response["tools"] ??= new JsonArray();
        response["tool_choice"] ??= "auto";
        return response;
    }

    public JsonObject Item(HostedCall hosted, int index, string status)
    {
        var item = new JsonObject
        {
            ["id"] = ItemId(hosted.IdPrefix, index),
            ["type"] = hosted.Type,
            ["status"] = status,
        };
        foreach (var (name, value) in hosted.Members)
            item[name] = value?.DeepClone();
        return item;
    }

    public JsonObject Item(AnswerPart part, int index, bool isDone)
    {
        var status = isDone ? "completed" : "in_progress";
        var whole = isDone ? part.Whole : "";
        return part.Kind switch
        {
            AnswerPartKind.Thought => new JsonObject
            {
                ["id"] = ItemId("rs_", index),
                ["type"] = "reasoning",
                ["summary"] = isDone ? new JsonArray(Summary(whole)) : [],
                ["content"] = isDone ? new JsonArray(Content(part, whole)) : [],
            },
            AnswerPartKind.ToolCall when part.Tool!.IsFreeText => new JsonObject
            {
                ["id"] = ItemId("ctc_", index),
                ["type"] = "custom_tool_call",
                ["status"] = status,
                ["call_id"] = CallId(part),
                ["name"] = part.Tool.Name,
                ["input"] = whole,
            },
            AnswerPartKind.ToolCall => new JsonObject
            {
                ["id"] = ItemId("fc_", index),
                ["type"] = "function_call",
                ["status"] = status,
                ["call_id"] = CallId(part),
                ["name"] = part.Tool.Name,
                ["arguments"] = whole,
            },
            _ => new JsonObject
            {
                ["id"] = ItemId("msg_", index),
                ["type"] = "message",
                ["status"] = status,
                ["role"] = "assistant",
                ["content"] = isDone ? new JsonArray(Content(part, whole)) : [],
            },
        };
    }

    public JsonObject Content(AnswerPart part, string text)
    {
        if (part.Kind == AnswerPartKind.Refusal)
            return new JsonObject { ["type"] = "refusal", ["refusal"] = text };
        if (part.Kind == AnswerPartKind.Thought)
            return new JsonObject { ["type"] = "reasoning_text", ["text"] = text };
        return new JsonObject
        {
            ["type"] = "output_text",
            ["text"] = text,
            ["annotations"] = Cites && text.Length > 0 ? new JsonArray(Citation()) : [],
            ["logprobs"] = new JsonArray(),
        };
    }

    public static JsonObject Summary(string text) => new() { ["type"] = "summary_text", ["text"] = text };

    public static JsonObject Citation() => new()
    {
        ["type"] = "url_citation",
        ["url"] = "https://example.com/weather",
        ["title"] = "Weather",
        ["start_index"] = 0,
        ["end_index"] = 5,
    };

    private static JsonObject UsageObject(ProviderUsage usage)
    {
        var input = new JsonObject { ["cached_tokens"] = usage.Cached };
        if (usage.CacheWrite + usage.CacheWriteHour > 0)
            input["cache_write_tokens"] = usage.CacheWrite + usage.CacheWriteHour;
        return new JsonObject
        {
            ["input_tokens"] = usage.Prompt,
            ["input_tokens_details"] = input,
            ["output_tokens"] = usage.Completion,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.Reasoning },
            ["total_tokens"] = usage.Total,
        };
    }
}
