using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>A chat completion in chunks.</summary>
internal sealed class ChatStream(ProviderCall call, ChatAnswer answer) : IAnswerStream
{
    private readonly ServerSentEvents _events = new(call.Http);
    private readonly bool _usageWanted =
        !call.Script.OmitUsage && (call.Attempt.Body.Member("stream_options")?.IsTrue("include_usage") ?? false);

    public string ContentType => ServerSentEvents.ContentType;

    public Task OpenAsync() => SendAsync(new JsonObject
    {
        ["role"] = "assistant",
        ["content"] = call.Answer.Calls ? null : "",
        ["refusal"] = null,
    });

    public async Task BeginPartAsync(AnswerPart part, int index)
    {
        if (part.Kind != AnswerPartKind.ToolCall)
            return;
        var begun = answer.Call(part with { Pieces = [] });
        begun.Insert(0, "index", part.CallIndex);
        await SendAsync(Calls(begun));
    }

    public async Task SendPieceAsync(AnswerPart part, int index, int piece)
    {
        var text = part.Pieces[piece];
        await SendAsync(part.Kind switch
        {
            AnswerPartKind.Thought => new JsonObject { ["reasoning_content"] = text },
            AnswerPartKind.Refusal => new JsonObject { ["refusal"] = text },
            AnswerPartKind.ToolCall => Calls(new JsonObject
            {
                ["index"] = part.CallIndex,
                [part.Tool!.IsFreeText ? "custom" : "function"] =
                    new JsonObject { [part.Tool.IsFreeText ? "input" : "arguments"] = text },
            }),
            _ => new JsonObject { ["content"] = text },
        });
    }

    public Task EndPartAsync(AnswerPart part, int index) => Task.CompletedTask;

    public async Task<bool> CloseAsync()
    {
        await SendAsync([], answer.FinishReason);
        if (_usageWanted)
        {
            var last = answer.Envelope("chat.completion.chunk", []);
            last["usage"] = ChatAnswer.UsageObject(call.Usage);
            await _events.SendAsync(last);
        }

        await _events.SendAsync("[DONE]");
        return _usageWanted;
    }

    public Task FailAsync() => _events.SendAsync(
        new OpenAiProtocol().ErrorBody(new ProviderRefusal(500, "The model broke off.")));

    private static JsonObject Calls(JsonObject one) => new() { ["tool_calls"] = new JsonArray(one) };

    private Task SendAsync(JsonObject delta, string? finishReason = null)
    {
        var chunk = answer.Envelope("chat.completion.chunk", new JsonArray(answer.Choice(delta, finishReason)));
        // With include_usage every chunk but the last says null; without it the member is absent.
        if (_usageWanted)
            chunk["usage"] = null;
        return _events.SendAsync(chunk);
    }
}
