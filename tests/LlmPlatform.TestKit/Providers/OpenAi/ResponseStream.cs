using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>A response as events, each numbered.</summary>
internal sealed class ResponseStream(ProviderCall call, ResponseItems items) : IAnswerStream
{
    private readonly ServerSentEvents _events = new(call.Http);
    private readonly JsonArray _output = [];
    private int _sequence;

    public string ContentType => ServerSentEvents.ContentType;

    public async Task OpenAsync()
    {
        await SendAsync("response.created", Response("in_progress"));
        if (call.Attempt.Body.IsTrue("background"))
            await SendAsync("response.queued", Response("queued"));
        await SendAsync("response.in_progress", Response("in_progress"));
        for (var index = 0; index < items.Hosted.Count; index++)
            await SendHostedAsync(items.Hosted[index], index);
    }

    public async Task BeginPartAsync(AnswerPart part, int index)
    {
        var at = Place(index);
        await ItemAsync("added", items.Item(part, at, isDone: false), at);
        if (part.Kind == AnswerPartKind.Thought)
            await SendAsync("response.reasoning_summary_part.added", SummaryAt(part, at, "part", Summary("")));
        if (part.Kind != AnswerPartKind.ToolCall)
            await SendAsync("response.content_part.added", ContentAt(part, at, "part", items.Content(part, "")));
    }

    public async Task SendPieceAsync(AnswerPart part, int index, int piece)
    {
        var at = Place(index);
        var text = part.Pieces[piece];
        switch (part.Kind)
        {
            case AnswerPartKind.Thought:
                await SendAsync("response.reasoning_summary_text.delta", SummaryAt(part, at, "delta", text));
                await SendAsync("response.reasoning_text.delta", ContentAt(part, at, "delta", text));
                break;
            case AnswerPartKind.ToolCall:
                await SendAsync($"response.{ArgumentsOf(part)}.delta", ItemAt(part, at, "delta", text));
                break;
            case AnswerPartKind.Refusal:
                await SendAsync("response.refusal.delta", ContentAt(part, at, "delta", text));
                break;
            default:
                await SendTextAsync(part, at, piece);
                break;
        }
    }

    public async Task EndPartAsync(AnswerPart part, int index)
    {
        var at = Place(index);
        switch (part.Kind)
        {
            case AnswerPartKind.Thought:
                await SendAsync("response.reasoning_text.done", ContentAt(part, at, "text", part.Whole));
                await SendAsync(
                    "response.content_part.done", ContentAt(part, at, "part", items.Content(part, part.Whole)));
                await SendAsync("response.reasoning_summary_text.done", SummaryAt(part, at, "text", part.Whole));
                await SendAsync(
                    "response.reasoning_summary_part.done", SummaryAt(part, at, "part", Summary(part.Whole)));
                break;
            case AnswerPartKind.ToolCall:
                var done = ItemAt(part, at, part.Tool!.IsFreeText ? "input" : "arguments", part.Whole);
                done["name"] = part.Tool.Name;
                await SendAsync($"response.{ArgumentsOf(part)}.done", done);
                break;
            default:
                var (type, member) = part.Kind == AnswerPartKind.Refusal
                    ? ("response.refusal.done", "refusal")
                    : ("response.output_text.done", "text");
                await SendAsync(type, ContentAt(part, at, member, part.Whole));
                await SendAsync(
                    "response.content_part.done", ContentAt(part, at, "part", items.Content(part, part.Whole)));
                break;
        }

        var item = items.Item(part, at, isDone: true);
        _output.Add(item.DeepClone());
        await ItemAsync("done", item, at);
    }

    public async Task<bool> CloseAsync()
    {
        if (call.Attempt.Body.Items("modalities").Any(one => one.ValueEquals("audio")))
            await SendAudioAsync();
        var usage = call.Script.OmitUsage ? null : call.Usage;
        var response = items.Envelope(items.TerminalStatus, (JsonArray)_output.DeepClone(), usage);
        await SendAsync(
            $"response.{items.TerminalStatus}", new JsonObject { ["response"] = response });
        return usage is not null;
    }

    public async Task FailAsync()
    {
        // The reference has these members beside the type; the service sends them like this.
        await SendAsync("error", new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["type"] = "server_error",
                ["code"] = "server_error",
                ["message"] = "The model broke off.",
                ["param"] = null,
            },
        });
        await SendAsync("response.failed", Response("failed"));
    }

    private int Place(int index) => items.Hosted.Count + index;

    private JsonObject Response(string status) =>
        new() { ["response"] = items.Envelope(status, (JsonArray)_output.DeepClone()) };

    private static JsonObject Summary(string text) => ResponseItems.Summary(text);

    private static string ArgumentsOf(AnswerPart part) =>
        part.Tool!.IsFreeText ? "custom_tool_call_input" : "function_call_arguments";

    private async Task SendTextAsync(AnswerPart part, int at, int piece)
    {
        var delta = ContentAt(part, at, "delta", part.Pieces[piece]);
        delta["logprobs"] = new JsonArray();
        await SendAsync("response.output_text.delta", delta);
        if (!items.Cites || piece > 0)
            return;
        var cited = ContentAt(part, at, "annotation", ResponseItems.Citation());
        cited["annotation_index"] = 0;
        await SendAsync("response.output_text.annotation.added", cited);
    }

    private async Task SendHostedAsync(HostedCall hosted, int index)
    {
        await ItemAsync("added", items.Item(hosted, index, "in_progress"), index);
        foreach (var step in hosted.Steps)
        {
            var data = new JsonObject
            {
                ["item_id"] = items.ItemId(hosted.IdPrefix, index),
                ["output_index"] = index,
            };
            foreach (var (name, value) in step.Members ?? [])
                data[name] = value?.DeepClone();
            await SendAsync($"response.{step.Of ?? hosted.Type}.{step.Name}", data);
        }

        var item = items.Item(hosted, index, "completed");
        _output.Add(item.DeepClone());
        await ItemAsync("done", item, index);
    }

    private async Task SendAudioAsync()
    {
        await SendAsync("response.audio.delta", new JsonObject { ["delta"] = "AAAA" });
        await SendAsync("response.audio.transcript.delta", new JsonObject { ["delta"] = "la" });
        await SendAsync("response.audio.transcript.done", []);
        await SendAsync("response.audio.done", []);
    }

    private Task ItemAsync(string what, JsonObject item, int at) => SendAsync(
        $"response.output_item.{what}", new JsonObject { ["output_index"] = at, ["item"] = item });

    private JsonObject ItemAt(AnswerPart part, int at, string name, JsonNode value) => new()
    {
        ["item_id"] = items.Item(part, at, isDone: false)["id"]!.GetValue<string>(),
        ["output_index"] = at,
        [name] = value,
    };

    private JsonObject ContentAt(AnswerPart part, int at, string name, JsonNode value)
    {
        var data = ItemAt(part, at, name, value);
        data["content_index"] = 0;
        return data;
    }

    private JsonObject SummaryAt(AnswerPart part, int at, string name, JsonNode value)
    {
        var data = ItemAt(part, at, name, value);
        data["summary_index"] = 0;
        return data;
    }

    private Task SendAsync(string type, JsonObject members)
    {
        members.Insert(0, "type", type);
        members.Insert(1, "sequence_number", _sequence++);
        return _events.SendAsync(members, type);
    }
}
