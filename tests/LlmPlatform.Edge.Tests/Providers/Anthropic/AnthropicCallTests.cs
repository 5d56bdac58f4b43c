using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>
/// Whole calls of chat callers through the edge to Anthropic, which refuses what Anthropic would refuse, and what is
/// billed for them.
/// </summary>
public sealed class AnthropicCallTests(EdgeUnderTest edge)
{
    private const string Tools =
        """
        "tools":[{"type":"function","function":{"name":"get_weather","description":"of a city","parameters":
         {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},
         {"type":"function","function":{"name":"now"}}]
        """;

    private const string Hi = """ "messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_answered_and_billed_by_Anthropics_own_figures(bool stream)
    {
        var model = edge.NewModel("claude-sonnet-4-5-x");
        edge.Anthropic.ScriptModel(
            model, new ProviderScript { Usage = new ProviderUsage(Prompt: 1000, Completion: 50, Cached: 700) });

        using var answer = await AskAsync(model, Hi, stream);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("word9", text, StringComparison.Ordinal);
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        var seen = Assert.Single(edge.Anthropic.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal(new TokenUsage { InputUncached = 300, CacheRead = 700, OutputText = 50 }, record.Tokens);
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal(seen.Id, record.ProviderRequestId);
        Assert.Equal(Landscape.ProviderSecret, seen.Headers["x-api-key"]);
        Assert.Equal("2023-06-01", seen.Headers["anthropic-version"]);
        Assert.False(seen.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("claude-3-haiku-x", 3, "")]
    [InlineData("claude-sonnet-4-5-x", 1, "")]
    [InlineData("claude-sonnet-4-5-x", 2, """, "tool_choice":"required","reasoning_effort":"high" """)]
    [InlineData("claude-sonnet-4-5-x", 1, """, "reasoning_effort":"low","temperature":0.3 """)]
    [InlineData("claude-opus-5-x", 2, """, "reasoning_effort":"max","temperature":1.3 """)]
    public async Task Tools_are_called_and_their_results_are_understood(string kind, int calls, string more)
    {
        var model = edge.NewModel(kind);
        edge.Anthropic.ScriptModel(model, new ProviderScript { ToolCalls = calls });
        var asked = await MessageOfAsync(await AskAsync(model, $"{Hi},{Tools}{more}"));
        var made = asked["tool_calls"]!.AsArray();
        Assert.Equal(calls, made.Count);

        var conversation = new JsonArray(
            JsonNode.Parse("""{"role":"user","content":"hi"}"""), asked.DeepClone());
        foreach (var call in made)
        {
            conversation.Add(new JsonObject
            {
                ["role"] = "tool",
                ["tool_call_id"] = call!["id"]!.GetValue<string>(),
                ["content"] = "sunny",
            });
        }

        var told = more.Replace("required", "auto", StringComparison.Ordinal);
        var answer = await MessageOfAsync(
            await AskAsync(model, $"\"messages\":{conversation.ToJsonString()},{Tools}{told}"));

        Assert.Contains("word0", answer["content"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(
            edge.Anthropic.Ledger.Attempts.Where(attempt => attempt.Model == model),
            attempt => Assert.Null(attempt.Fault));
    }

    [Theory]
    [InlineData("claude-3-haiku-x", true, false)]
    [InlineData("claude-3-haiku-x", null, true)]
    [InlineData("claude-sonnet-4-5-x", true, false)]
    [InlineData("claude-sonnet-4-5-x", false, false)]
    [InlineData("claude-sonnet-4-5-x", null, false)]
    [InlineData("claude-opus-5-x", true, true)]
    [InlineData("claude-opus-5-x", null, true)]
    public async Task An_answer_has_the_form_that_was_asked_for(string kind, bool? strict, bool stream)
    {
        var model = edge.NewModel(kind);
        var format = strict is { } isStrict
            ? $$$"""
              {"type":"json_schema","json_schema":{"name":"person",
               "strict":{{{(isStrict ? "true" : "false")}}},"schema":{"type":"object",
               "properties":{"name":{"type":"string"}},"required":["name"],
                "additionalProperties":false} } }
              """
            : """{"type":"json_object"}""";

        using var answer = await AskAsync(model, $"{Hi},\"response_format\":{format}", stream);
        var text = stream ? await StreamedTextAsync(answer) : (await MessageOfAsync(answer))["content"]!.ToString();

        Assert.IsType<JsonObject>(JsonNode.Parse(text));
        Assert.Null(Assert.Single(edge.Anthropic.Ledger.Attempts, attempt => attempt.Model == model).Fault);
    }

    [Fact]
    public async Task Thoughts_are_shown_to_who_asks_for_them()
    {
        var model = edge.NewModel("claude-opus-5-x");
        var message = await MessageOfAsync(await AskAsync(model, Hi + ""","reasoning_effort":"medium" """));

        Assert.NotEqual("", message["reasoning_content"]?.ToString() ?? "");
        Assert.NotEmpty(message["thinking_blocks"]!.AsArray());
    }

    [Fact]
    public async Task What_the_protocol_has_no_words_for_is_refused_before_anything_is_sent()
    {
        var model = edge.NewModel("claude-sonnet-4-5-x");
        using var answer = await AskAsync(model, Hi + ""","n":2""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("n", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("param").GetString());
        Assert.DoesNotContain(edge.Anthropic.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
    }

    [Fact]
    public async Task A_count_of_tokens_is_asked_of_Anthropic()
    {
        var model = edge.NewModel("claude-sonnet-4-5-x");
        edge.Anthropic.ScriptModel(model, new ProviderScript { Usage = new ProviderUsage(Prompt: 77, Completion: 1) });
        using var answer = await edge.MessagesAsync(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""",
            path: "/v1/messages/count_tokens");

        Assert.Equal("""{"input_tokens":77}""", await answer.Content.ReadAsStringAsync(Cancel));
    }

    private Task<HttpResponseMessage> AskAsync(string model, string members, bool stream = false) =>
        edge.ChatAsync($$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},{{members}}}""");

    private static async Task<JsonNode> MessageOfAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            return JsonNode.Parse(text)!["choices"]![0]!["message"]!;
        }
    }

    private static async Task<string> StreamedTextAsync(HttpResponseMessage answer)
    {
        var text = new StringBuilder();
        foreach (var line in (await answer.Content.ReadAsStringAsync(Cancel)).Split('\n'))
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
            {
                using var chunk = JsonDocument.Parse(line[6..]);
                var delta = chunk.RootElement.GetProperty("choices")[0].GetProperty("delta");
                text.Append(delta.TryGetProperty("content", out var piece) ? piece.GetString() : null);
            }
        }

        return text.ToString();
    }
}
