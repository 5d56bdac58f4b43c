using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>A message as events.</summary>
internal sealed class MessageStream(ProviderCall call, MessageAnswer answer) : IAnswerStream
{
    private readonly ServerSentEvents _events = new(call.Http);

    public string ContentType => ServerSentEvents.ContentType;

    public Task OpenAsync()
    {
        var message = answer.Envelope([]);
        call.BillFirst(1);
        if (!call.Script.OmitUsage)
            message["usage"] = MessageAnswer.Usage(call.UsedSoFar);
        return SendAsync("message_start", new JsonObject { ["message"] = message });
    }

    public async Task BeginPartAsync(AnswerPart part, int index)
    {
        await SendAsync(
            "content_block_start",
            new JsonObject { ["index"] = index, ["content_block"] = answer.Block(part, isDone: false) });
        if (index == 0)
            await _events.SendAsync("{\"type\": \"ping\"}", "ping");
    }

    public Task SendPieceAsync(AnswerPart part, int index, int piece) => part.Kind switch
    {
        AnswerPartKind.Thought => DeltaAsync(index, "thinking_delta", "thinking", part.Pieces[piece]),
        // A tool without arguments is called without a word of them.
        AnswerPartKind.ToolCall when part.Whole == "{}" => Task.CompletedTask,
        AnswerPartKind.ToolCall => DeltaAsync(index, "input_json_delta", "partial_json", part.Pieces[piece]),
        _ => DeltaAsync(index, "text_delta", "text", part.Pieces[piece]),
    };

    public async Task EndPartAsync(AnswerPart part, int index)
    {
        if (part.Kind == AnswerPartKind.Thought)
            await DeltaAsync(index, "signature_delta", "signature", ThoughtSignature.Of(part.Whole));
        await SendAsync("content_block_stop", new JsonObject { ["index"] = index });
    }

    public async Task<bool> CloseAsync()
    {
        var end = new JsonObject
        {
            ["delta"] = new JsonObject { ["stop_reason"] = answer.StopReason, ["stop_sequence"] = null },
        };
        if (!call.Script.OmitUsage)
        {
            var usage = MessageAnswer.Usage(call.Usage);
            usage.Remove("cache_creation");
            usage.Remove("service_tier");
            end["usage"] = usage;
        }

        await SendAsync("message_delta", end);
        await SendAsync("message_stop", []);
        return !call.Script.OmitUsage;
    }

    public Task FailAsync() => SendAsync("error", new JsonObject
    {
        ["error"] = new JsonObject { ["type"] = "overloaded_error", ["message"] = "Overloaded" },
    });

    private Task DeltaAsync(int index, string type, string member, string text) => SendAsync(
        "content_block_delta",
        new JsonObject
        {
            ["index"] = index,
            ["delta"] = new JsonObject { ["type"] = type, [member] = text },
        });

    private Task SendAsync(string type, JsonObject members)
    {
        members.Insert(0, "type", type);
        return _events.SendAsync(members, type);
    }
}
