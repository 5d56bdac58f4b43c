using System.Text.Json.Nodes;
using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary><c>POST /v1/messages/count_tokens</c>: what the messages would be as input. Free.</summary>
internal sealed class CountTokens : IProviderOperation
{
    private static readonly HashSet<string> _known =
    [
        "model", "messages", "system", "tools", "tool_choice", "thinking", "mcp_servers", "context_management",
        "output_config", "output_format", "cache_control",
    ];

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        MessageFaults.OnlyKnown(body, _known, "");
        return Messages.RequestOf(body, route) with { Streamed = false };
    }

    public Task AnswerAsync(ProviderCall call) => call.SendWholeAsync(
        new JsonObject { ["input_tokens"] = call.Usage.Prompt }, new ProviderUsage(0, 0), usageSent: false);
}
