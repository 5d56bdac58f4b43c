using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary><c>POST /v1/messages</c>.</summary>
internal sealed class Messages : IProviderOperation
{
    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        MessageMembers.Check(body);
        return RequestOf(body, route);
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var answer = new MessageAnswer(call);
        return call.Request.Streamed
            ? call.StreamAsync(new MessageStream(call, answer))
            : call.SendWholeAsync(answer.Whole(), call.Usage, !call.Script.OmitUsage);
    }

    public static ModelRequest RequestOf(JsonElement body, ProviderRoute route)
    {
        var choice = body.Member("tool_choice");
        var format = body.Member("output_config", "format") ?? body.Member("output_format");
        return new ModelRequest
        {
            Model = body.Text("model") ?? throw MessageFaults.Required("model"),
            Streamed = body.IsTrue("stream"),
            Tools = MessageTools.Read(body),
            ForcedTool = choice?.Text("name"),
            MustCall = choice?.Text("type") == "any",
            MustNotCall = choice?.Text("type") == "none",
            ParallelCalls = choice is null || !choice.Value.IsTrue("disable_parallel_tool_use"),
            HoldsResults = Conversation.Check(body, route.Version == AnthropicProtocol.Newest),
            Schema = format?.Member("schema"),
            ShowThoughts = MessageMembers.Thinks(body),
        };
    }
}
