using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>A converse answer as frames of AWS's event stream.</summary>
internal sealed class ConverseStream(ProviderCall call, ConverseAnswer answer) : IAnswerStream
{
    private const string Padding = "abcdefghijklmnopqrstuvwxyz";

    private int _frames;

    public string ContentType => "application/vnd.amazon.eventstream";

    public Task OpenAsync() => SendAsync("messageStart", new JsonObject { ["role"] = "assistant" });

    public Task BeginPartAsync(AnswerPart part, int index)
    {
        // Only a tool's use is announced; text just comes.
        if (part.Kind != AnswerPartKind.ToolCall)
            return Task.CompletedTask;
        return SendAsync("contentBlockStart", new JsonObject
        {
            ["contentBlockIndex"] = index,
            ["start"] = new JsonObject
            {
                ["toolUse"] = new JsonObject
                {
                    ["name"] = part.Tool!.Name,
                    ["toolUseId"] = answer.ToolUseId(part),
                },
            },
        });
    }

    public Task SendPieceAsync(AnswerPart part, int index, int piece)
    {
        var text = part.Pieces[piece];
        return DeltaAsync(index, part.Kind switch
        {
            AnswerPartKind.Thought => Reasoning("text", text),
            AnswerPartKind.ToolCall => new JsonObject { ["toolUse"] = new JsonObject { ["input"] = text } },
            _ => new JsonObject { ["text"] = text },
        });
    }

    public async Task EndPartAsync(AnswerPart part, int index)
    {
        if (part.Kind == AnswerPartKind.Thought)
            await DeltaAsync(index, Reasoning("signature", ThoughtSignature.Of(part.Whole)));
        await SendAsync("contentBlockStop", new JsonObject { ["contentBlockIndex"] = index });
    }

    public async Task<bool> CloseAsync()
    {
        await SendAsync("messageStop", new JsonObject { ["stopReason"] = answer.StopReason });
        var metadata = new JsonObject { ["metrics"] = new JsonObject { ["latencyMs"] = ConverseAnswer.LatencyMs } };
        if (!call.Script.OmitUsage)
            metadata["usage"] = ConverseAnswer.Usage(call.Usage);
        await SendAsync("metadata", metadata);
        return !call.Script.OmitUsage;
    }

    public Task FailAsync() => WriteAsync(EventStreamFrame.Encode(
        (":exception-type", "modelStreamErrorException"),
        (":content-type", "application/json"),
        (":message-type", "exception"),
        new JsonObject { ["message"] = "The model broke off." }));

    private static JsonObject Reasoning(string member, string text) =>
        new() { ["reasoningContent"] = new JsonObject { [member] = text } };

    private Task DeltaAsync(int index, JsonObject delta) => SendAsync(
        "contentBlockDelta", new JsonObject { ["contentBlockIndex"] = index, ["delta"] = delta });

    private Task SendAsync(string type, JsonObject payload)
    {
        // Padding of changing length hides how long the pieces of text are.
        payload["p"] = Padding[..(_frames++ % Padding.Length)];
        return WriteAsync(EventStreamFrame.Encode(
            (":event-type", type), (":content-type", "application/json"), (":message-type", "event"), payload));
    }

    private async Task WriteAsync(byte[] frame)
    {
        await call.Http.Response.Body.WriteAsync(frame, call.Http.RequestAborted);
        await call.Http.Response.Body.FlushAsync(call.Http.RequestAborted);
    }
}
