using System.Net;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>Whole calls through the edge to Gemini, and what is billed for them.</summary>
public sealed class GeminiCallTests(EdgeUnderTest edge)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_answered_and_billed_by_Googles_own_figures(bool stream)
    {
        var model = edge.NewModel("google-");
        edge.Gemini.ScriptModel(
            model,
            new ProviderScript { Usage = new ProviderUsage(Prompt: 1000, Completion: 50, Cached: 700, Reasoning: 20) });

        using var answer = await AskAsync(model, stream);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("word9", text, StringComparison.Ordinal);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        var seen = Assert.Single(edge.Gemini.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal(
            new TokenUsage { InputUncached = 300, CacheRead = 700, OutputText = 30, OutputReasoning = 20 },
            record.Tokens);
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal(seen.Id, record.ProviderRequestId);
        Assert.Contains("\"thoughtsTokenCount\":20", record.RawUsage, StringComparison.Ordinal);
        Assert.Equal(Landscape.ProviderSecret, seen.Headers["x-goog-api-key"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blocked_prompt_is_a_refusal_whose_input_is_billed(bool stream)
    {
        var model = edge.NewModel("google-");
        edge.Gemini.ScriptModel(model, new ProviderScript { Ending = AnswerEnding.Refusal });

        using var answer = await AskAsync(model, stream);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("blocked the prompt (SAFETY)", text, StringComparison.Ordinal);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal(new TokenUsage { InputUncached = 100 }, record.Tokens);
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
    }

    [Fact]
    public async Task A_stream_that_fails_is_billed_by_what_it_reported_last()
    {
        var model = edge.NewModel("google-");
        edge.Gemini.ScriptModel(model, new ProviderScript { ErrorAfterChunks = 5 });

        using var answer = await AskAsync(model, stream: true);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("word4", text, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", text, StringComparison.Ordinal);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal(UsageOutcomes.UpstreamFailed, record.Outcome);
        Assert.Equal((100, 25), (record.Tokens.TotalInput, record.Tokens.TotalOutput));
    }

    private Task<HttpResponseMessage> AskAsync(string model, bool stream) => edge.SendAsync(
        HttpMethod.Post, "/v1/responses", Landscape.Open,
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"input":"hi"}""", Cancel);
}
