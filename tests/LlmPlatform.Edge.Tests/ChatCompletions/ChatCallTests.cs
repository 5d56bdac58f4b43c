using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.ChatCompletions;

/// <summary>Whole chats through the edge to providers of other protocols, and what is billed for them.</summary>
public sealed class ChatCallTests(EdgeUnderTest edge)
{
    private const string Tools =
        """
        "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
        "properties":{"city":{"type":"string"}},"required":["city"]}}}]
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("claude-")]
    [InlineData("google-")]
    [InlineData("bed-")]
    public async Task A_chat_is_answered_in_OpenAIs_words_by_whoever_serves_it(string kind)
    {
        var model = edge.NewModel(kind);

        using var answer = await AskAsync(model, "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]");
        var document = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

        Assert.True(answer.StatusCode == HttpStatusCode.OK, document.ToJsonString());
        Assert.Equal("chat.completion", (string?)document["object"]);
        Assert.Equal("stop", (string?)document["choices"]![0]!["finish_reason"]);
        Assert.Contains("word9", (string?)document["choices"]![0]!["message"]!["content"], StringComparison.Ordinal);
        Assert.Equal((100, 50), (
            (int)document["usage"]!["prompt_tokens"]!, (int)document["usage"]!["completion_tokens"]!));
        await AssertBilledAsync(answer);
    }

    [Theory]
    [InlineData("claude-", true)]
    [InlineData("google-", false)]
    [InlineData("bed-", true)]
    public async Task A_streamed_chat_shows_its_usage_to_those_who_ask_for_it(string kind, bool asks)
    {
        var model = edge.NewModel(kind);
        var options = asks ? ",\"stream_options\":{\"include_usage\":true}" : "";

        using var answer = await AskAsync(
            model, $"\"stream\":true,\"messages\":[{{\"role\":\"user\",\"content\":\"hi\"}}]{options}");
        var chunks = await ChunksAsync(answer);

        Assert.Equal("assistant", (string?)chunks[0]["choices"]![0]!["delta"]!["role"]);
        var text = chunks.SelectMany(chunk => chunk["choices"]!.AsArray())
            .Select(choice => (string?)choice!["delta"]!["content"]);
        Assert.Contains("word9", string.Concat(text), StringComparison.Ordinal);
        Assert.Equal(asks ? 50 : null, (int?)chunks[^1]["usage"]?["completion_tokens"]);
        Assert.All(chunks, chunk => Assert.Equal(asks, chunk.AsObject().ContainsKey("usage")));
        await AssertBilledAsync(answer);
    }

    [Theory]
    [InlineData("claude-")]
    [InlineData("google-")]
    [InlineData("bed-")]
    public async Task Parallel_calls_of_tools_go_round_trip(string kind)
    {
        var model = edge.NewModel(kind);
        var script = new ProviderScript { ToolCalls = 2 };
        edge.Anthropic.ScriptModel(model, script);
        edge.Gemini.ScriptModel(model, script);
        edge.Bedrock.ScriptModel(model, script);

        using var asked = await AskAsync(
            model, "\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]," + Tools);
        var chunks = await ChunksAsync(asked);
        var calls = chunks
            .SelectMany(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? [])
            .GroupBy(call => (int)call!["index"]!)
            .Select(pieces => new
            {
                Id = (string)pieces.First()!["id"]!,
                Name = (string)pieces.First()!["function"]!["name"]!,
                Arguments = string.Concat(pieces.Select(piece => (string?)piece!["function"]?["arguments"])),
                Extra = pieces.First()!["extra_content"]?.ToJsonString(),
            })
            .ToList();

        Assert.Equal(2, calls.Select(call => call.Id).Distinct().Count());
        Assert.Equal("tool_calls", (string?)chunks[^1]["choices"]![0]!["finish_reason"]);
        Assert.All(calls, call => Assert.NotNull(JsonNode.Parse(call.Arguments)!["city"]));

        var said = string.Join(',', calls.Select(call => new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
            ["extra_content"] = call.Extra is null ? null : JsonNode.Parse(call.Extra),
        }.ToJsonString()));
        var results = string.Join(',', calls.Select(call =>
            $$"""{"role":"tool","tool_call_id":"{{call.Id}}","content":"4 degrees"}"""));
        using var answered = await AskAsync(
            model,
            $$"""
            "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{{said}}]},
            {{results}}],
            """ + Tools);
        var text = await answered.Content.ReadAsStringAsync(Cancel);

        Assert.True(answered.StatusCode == HttpStatusCode.OK, text);
        Assert.Contains("word9", text, StringComparison.Ordinal);
        await AssertBilledAsync(asked);
        await AssertBilledAsync(answered);
    }

    [Fact]
    public async Task What_only_OpenAI_can_do_is_refused_by_name_where_another_serves()
    {
        using var answer = await AskAsync(
            edge.NewModel("claude-"),
            "\"web_search_options\":{},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]");
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["error"]!;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(
            ("invalid_request", "web_search_options"), ((string?)error["code"], (string?)error["param"]));
        await edge.RecordsOfAsync(answer);
    }

    private async Task AssertBilledAsync(HttpResponseMessage answer)
    {
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal((100, 50), (record.Tokens.TotalInput, record.Tokens.TotalOutput));
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
    }

    private static async Task<List<JsonNode>> ChunksAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        return [.. events[..^1].Select(line => JsonNode.Parse(line["data: ".Length..])!)];
    }

    private Task<HttpResponseMessage> AskAsync(string model, string members) => edge.SendAsync(
        HttpMethod.Post, "/v1/chat/completions", Landscape.Open,
        "{\"model\":\"" + model + "\"," + members + "}", Cancel);
}
