using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary><c>POST /model/…/count-tokens</c>: what a conversation would be as input. Free.</summary>
internal sealed class CountConverse(Converse converse) : IProviderOperation
{
    private static readonly HashSet<string> _input =
        ["messages", "system", "toolConfig", "additionalModelRequestFields"];

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        if (body.Member("input", "converse") is not { } counted)
            throw ConverseFaults.Invalid("The input must hold a converse request.");
        ConverseFaults.OnlyKnown(counted, _input, "input/converse");
        return converse.Read(counted, route);
    }

    public Task AnswerAsync(ProviderCall call) => call.SendWholeAsync(
        new JsonObject { ["inputTokens"] = call.Usage.Prompt }, new ProviderUsage(0, 0), usageSent: false);
}
