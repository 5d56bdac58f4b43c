using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary><c>POST /v1/responses</c>, with the conversations that it keeps.</summary>
internal sealed class Responses : IProviderOperation
{
    private readonly ConcurrentDictionary<string, StoredResponse> _stored = new();

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        var model = OpenAiFaults.Text(body, "model", "");
        ResponseMembers.Check(body);
        var choice = body.Member("tool_choice");
        var format = body.Member("text", "format");
        return new ModelRequest
        {
            Model = model,
            Streamed = body.IsTrue("stream"),
            Tools = ResponseTools.Read(body),
            ForcedTool = choice?.Text("name"),
            MustCall = body.Text("tool_choice") == "required",
            MustNotCall = body.Text("tool_choice") == "none",
            ParallelCalls = !body.IsFalse("parallel_tool_calls"),
            HoldsResults = body.Items("input") is [.., var last]
                && last.Text("type") is "function_call_output" or "custom_tool_call_output",
            Schema = format?.Member("schema"),
            Json = format?.Text("type") == "json_object",
            ShowThoughts = body.Member("reasoning") is not null,
        };
    }

    public async Task AnswerAsync(ProviderCall call)
    {
        var body = call.Attempt.Body;
        // A conversation belongs to the credential it was begun with.
        var owner = call.Attempt.Authorization ?? "";
        var before = body.Text("previous_response_id") is { } id
            ? _stored.GetValueOrDefault(id) is { } found && found.Owner == owner ? found : throw NotFound(id)
            : new StoredResponse(owner, [], []);
        var open = ResponseInput.Check(body, before.OpenCalls);
        var items = new ResponseItems(call);
        if (!body.IsFalse("store"))
        {
            _stored[items.ResponseId] = before with
            {
                OpenCalls = [.. open, .. call.Answer.Parts.Where(Calls).Select(items.CallId)],
                Whole = items.Whole(),
            };
        }

        await (call.Request.Streamed
            ? call.StreamAsync(new ResponseStream(call, items))
            : call.SendWholeAsync(items.Whole(), call.Usage, !call.Script.OmitUsage));

        static bool Calls(AnswerPart part) => part.Kind == AnswerPartKind.ToolCall;
    }

    /// <summary>A response that its owner asks for; null when it is not kept.</summary>
    public JsonObject? Find(string id, string owner) =>
        _stored.GetValueOrDefault(id) is { } found && found.Owner == owner
            ? (JsonObject)found.Whole.DeepClone()
            : null;

    public void Forget(string id) => _stored.TryRemove(id, out _);

    private static ProviderRefusal NotFound(string id) => OpenAiFaults.Invalid(
        $"Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found");

    private sealed record StoredResponse(string Owner, IReadOnlyList<string> OpenCalls, JsonObject Whole);
}
