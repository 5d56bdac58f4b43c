using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Tests.Completions;

/// <summary>Whole calls for text completions through the edge, and what is billed for them.</summary>
public sealed class CompletionsCallTests(EdgeUnderTest edge)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("m", false)]
    [InlineData("m", true)]
    [InlineData("claude-", false)]
    [InlineData("claude-", true)]
    [InlineData("google-", false)]
    [InlineData("google-", true)]
    [InlineData("bed-", false)]
    [InlineData("bed-", true)]
    public async Task A_prompt_is_continued_by_every_kind_of_provider_and_billed_once(string kind, bool stream)
    {
        var model = edge.NewModel(kind);

        using var answer = await AskAsync(model, stream, "\"prompt\":\"Once upon a time\",\"max_tokens\":80");
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        Assert.Contains("\"object\":\"text_completion\"", text, StringComparison.Ordinal);
        Assert.Contains("word9", text, StringComparison.Ordinal);
        Assert.Equal(stream, text.TrimEnd().EndsWith("data: [DONE]", StringComparison.Ordinal));
        Assert.Equal(!stream, text.Contains("\"usage\"", StringComparison.Ordinal));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal((100, 50), (record.Tokens.TotalInput, record.Tokens.TotalOutput));
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal(("completions", "/v1/completions"), (record.Operation, completed.Route));
    }

    [Fact]
    public async Task What_cannot_be_translated_is_refused_before_anybody_is_asked()
    {
        var model = edge.NewModel("claude-");

        using var answer = await AskAsync(model, stream: false, "\"prompt\":\"x\",\"echo\":true");
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["error"]!;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(("invalid_request", "echo"), ((string?)error["code"], (string?)error["param"]));
        Assert.DoesNotContain(edge.Anthropic.Ledger.Attempts, attempt => attempt.Model == model);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        Assert.Empty(usage);
    }

    [Fact]
    public async Task A_provider_of_completions_is_told_the_bound_that_the_hold_stands_on()
    {
        var model = edge.NewModel("r");
        edge.Raw.Whole(
            model, 200,
            """
            {"id":"c","object":"text_completion","choices":[{"text":"x","index":0,"finish_reason":"stop"}],
            "usage":{"prompt_tokens":1,"completion_tokens":1}}
            """);

        using var answer = await AskAsync(model, stream: false, "\"prompt\":[\"x\"]");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            $$"""{"max_tokens":16,"model":"{{model}}","prompt":["x"],"stream":false}""", edge.Raw.Received(model));
        Assert.EndsWith("/completions", $"{edge.Raw.HeadOf(model)!.RequestUri}", StringComparison.Ordinal);
        await edge.RecordsOfAsync(answer);
    }

    private Task<HttpResponseMessage> AskAsync(string model, bool stream, string members) => edge.SendAsync(
        HttpMethod.Post, "/v1/completions", Landscape.Open,
        "{\"model\":\"" + model + "\"," + members + ",\"stream\":" + (stream ? "true" : "false") + "}", Cancel);
}
