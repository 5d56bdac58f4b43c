using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>The objects that generated content is made of, whole or in chunks.</summary>
internal sealed class ContentAnswer(ProviderCall call)
{
    private readonly bool _thinks =
        call.Attempt.Body.Member("generationConfig", "thinkingConfig") is not null;

    public string FinishReason => call.Answer.Ending switch
    {
        AnswerEnding.Length => "MAX_TOKENS",
        AnswerEnding.ContentFilter => "SAFETY",
        _ => "STOP",
    };

    public JsonObject Whole()
    {
        var parts = call.Answer.Parts.Select(part => part.Kind switch
        {
            AnswerPartKind.ToolCall => FunctionCall(part),
            AnswerPartKind.Thought => Thought(part.Whole),
            _ => Text(part.Whole),
        });
        return Chunk([.. parts], FinishReason, call.Usage);
    }

    public JsonObject Blocked()
    {
        var answer = Envelope([], call.Usage with { Completion = 0, Reasoning = 0 });
        answer["promptFeedback"] = new JsonObject { ["blockReason"] = "SAFETY" };
        return answer;
    }

    public JsonObject Chunk(JsonArray parts, string? finishReason, ProviderUsage used)
    {
        var candidate = new JsonObject
        {
            ["content"] = new JsonObject { ["parts"] = parts, ["role"] = "model" },
            ["index"] = 0,
        };
        if (finishReason is not null)
            candidate["finishReason"] = finishReason;
        return Envelope(new JsonArray(candidate), used);
    }

    public static JsonObject Text(string text) => new() { ["text"] = text };

    public static JsonObject Thought(string text) => new() { ["text"] = text, ["thought"] = true };

    /// <summary>A call, whole as it always is; the first of a thinking model's carries a seal.</summary>
    public JsonObject FunctionCall(AnswerPart part)
    {
        var function = new JsonObject { ["name"] = part.Tool!.Name, ["args"] = JsonNode.Parse(part.Whole) };
        if (call.Script.FunctionCallIds)
            function["id"] = call.CallId("fc_", part);
        var sent = new JsonObject { ["functionCall"] = function };
        if (_thinks && part.CallIndex == 0)
            sent["thoughtSignature"] = ThoughtSignature.Of(part.Tool.Name);
        return sent;
    }

    /// <summary>The last part of a streamed text: empty, with the seal of the thoughts behind it.</summary>
    public JsonObject LastText()
    {
        var text = Text("");
        if (_thinks && !call.Answer.Calls)
            text["thoughtSignature"] = ThoughtSignature.Of(Parts.Text);
        return text;
    }

    private JsonObject Envelope(JsonArray candidates, ProviderUsage used)
    {
        var answer = new JsonObject { ["candidates"] = candidates };
        if (!call.Script.OmitUsage)
            answer["usageMetadata"] = Usage(used);
        answer["modelVersion"] = call.Attempt.Model;
        answer["responseId"] = call.Attempt.Id;
        return answer;
    }

    // Thoughts are beside the candidates, and what is nothing is not mentioned.
    private static JsonObject Usage(ProviderUsage used)
    {
        var usage = new JsonObject { ["promptTokenCount"] = used.Prompt };
        if (used.Completion - used.Reasoning > 0)
            usage["candidatesTokenCount"] = used.Completion - used.Reasoning;
        usage["totalTokenCount"] = used.Total;
        if (used.Cached > 0)
            usage["cachedContentTokenCount"] = used.Cached;
        if (used.Reasoning > 0)
            usage["thoughtsTokenCount"] = used.Reasoning;
        return usage;
    }
}
