using System.Text.Json.Nodes;
using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary><c>POST /v1/completions</c>: a prompt continued.</summary>
internal sealed class Completions : IProviderOperation
{
    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        var model = OpenAiFaults.Text(body, "model", "");
        if (body.Member("prompt") is { ValueKind: not (JsonValueKind.String or JsonValueKind.Array) } prompt)
            throw OpenAiFaults.WrongType("prompt", "one of a string or array", prompt);
        if (body.Member("messages") is not null)
            throw OpenAiFaults.Invalid("Unrecognized request argument supplied: messages");
        ChatMembers.Check(body, model);
        OpenAiFaults.Range(body, "logprobs", 0, 5);
        return new ModelRequest { Model = model, Streamed = body.IsTrue("stream") };
    }

    public Task AnswerAsync(ProviderCall call)
    {
        if (call.Request.Streamed)
            return call.StreamAsync(new CompletionStream(call));
        var answer = Envelope(call, call.Answer.Text, FinishReason(call));
        if (!call.Script.OmitUsage)
            answer["usage"] = UsageObject(call);
        return call.SendWholeAsync(answer, call.Usage, !call.Script.OmitUsage);
    }

    public static JsonObject Envelope(ProviderCall call, string? text, string? finishReason) => new()
    {
        ["id"] = call.Attempt.Id.Replace("chatcmpl", "cmpl", StringComparison.Ordinal),
        ["object"] = "text_completion",
        ["created"] = call.CreatedAt,
        ["model"] = call.Attempt.Model,
        ["choices"] = text is null
            ? new JsonArray()
            : new JsonArray(new JsonObject
            {
                ["text"] = text,
                ["index"] = 0,
                ["logprobs"] = null,
                ["finish_reason"] = finishReason,
            }),
    };

    public static string FinishReason(ProviderCall call) => call.Answer.Ending switch
    {
        AnswerEnding.Length => "length",
        AnswerEnding.ContentFilter => "content_filter",
        _ => "stop",
    };

    public static JsonObject UsageObject(ProviderCall call) => new()
    {
        ["prompt_tokens"] = call.Usage.Prompt,
        ["completion_tokens"] = call.Usage.Completion,
        ["total_tokens"] = call.Usage.Total,
    };
}
