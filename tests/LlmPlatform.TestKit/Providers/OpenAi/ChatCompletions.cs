using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatCompletions : IProviderOperation
{
    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        var model = OpenAiFaults.Text(body, "model", "");
        ChatMembers.Check(body, model);
        ChatConversation.Check(body);
        var format = body.Member("response_format");
        var choice = body.Member("tool_choice");
        var messages = body.Items("messages");
        return new ModelRequest
        {
            Model = model,
            Streamed = body.IsTrue("stream"),
            Tools = ChatTools.Read(body),
            ForcedTool = choice?.Member("function")?.Text("name"),
            MustCall = body.Text("tool_choice") == "required",
            MustNotCall = body.Text("tool_choice") == "none",
            ParallelCalls = !body.IsFalse("parallel_tool_calls"),
            HoldsResults = messages[^1].Text("role") == "tool",
            Schema = format?.Member("json_schema", "schema"),
            Json = format?.Text("type") == "json_object",
        };
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var answer = new ChatAnswer(call);
        return call.Request.Streamed
            ? call.StreamAsync(new ChatStream(call, answer))
            : call.SendWholeAsync(answer.Whole(), call.Usage, !call.Script.OmitUsage);
    }
}
