using System.Net;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>Whole calls through the edge to Bedrock, and what is billed for them.</summary>
public sealed class BedrockCallTests(EdgeUnderTest edge)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    public async Task A_call_is_answered_and_billed_by_Bedrocks_own_figures(string route, bool stream)
    {
        var model = edge.NewModel("bed-");
        edge.Bedrock.ScriptModel(
            model, new ProviderScript { Usage = new ProviderUsage(Prompt: 1000, Completion: 50, Cached: 700) });

        using var answer = await AskAsync(route, model, stream);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("word9", text, StringComparison.Ordinal);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        var seen = Assert.Single(edge.Bedrock.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal(
            new TokenUsage { InputUncached = 300, CacheRead = 700, OutputText = 50 }, record.Tokens);
        Assert.Equal((UsageOutcomes.Completed, UsageSources.Provider), (record.Outcome, record.UsageSource));
        Assert.Equal(seen.Id, record.ProviderRequestId);
        Assert.Contains("\"cacheReadInputTokens\":700", record.RawUsage, StringComparison.Ordinal);
        Assert.Equal(stream ? $"/model/{model}/converse-stream" : $"/model/{model}/converse", seen.Target);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "upstream_error", "[DONE]")]
    [InlineData("/v1/messages", "upstream_error", "message_stop")]
    [InlineData("/v1/responses", "response.failed", "response.completed")]
    public async Task A_stream_that_breaks_off_is_billed_for_what_was_made_and_marked(
        string route, string failure, string end)
    {
        var model = edge.NewModel("bed-");
        edge.Bedrock.ScriptModel(model, new ProviderScript { ErrorAfterChunks = 5 });

        using var answer = await AskAsync(route, model, stream: true);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("word4", text, StringComparison.Ordinal);
        Assert.Contains(failure, text, StringComparison.Ordinal);
        Assert.DoesNotContain(end, text, StringComparison.Ordinal);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal(
            (UsageOutcomes.UpstreamFailed, UsageSources.GatewayCounted), (record.Outcome, record.UsageSource));
        Assert.True(record.Tokens.TotalOutput > 0);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_before_anything_is_sent()
    {
        var model = edge.NewModel("bed-");

        using var answer = await SendAsync(
            "/v1/responses",
            $$"""
            {"model":"{{model}}","input":[{"role":"user","content":[
            {"type":"input_image","image_url":"https://example.com/a.png"}]}]}
            """);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        var message = body.RootElement.GetProperty("error").GetProperty("message").GetString();
        Assert.Contains("in base64 or from s3://", message, StringComparison.Ordinal);
        Assert.DoesNotContain(edge.Bedrock.Ledger.Attempts, attempt => attempt.Model == model);
    }

    private Task<HttpResponseMessage> AskAsync(string route, string model, bool stream)
    {
        var asking = route == "/v1/responses"
            ? "\"input\":\"hi\""
            : "\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
        return SendAsync(route, $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},{{asking}}}""");
    }

    private Task<HttpResponseMessage> SendAsync(string route, string body) =>
        edge.SendAsync(HttpMethod.Post, route, Landscape.Open, body, Cancel);
}
