using System.Net;
using System.Text.Json;
using LlmPlatform.Edge.Messages;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>How many tokens a request has: asked of who knows, else estimated, and never billed.</summary>
public sealed class TokenCountTests(EdgeUnderTest edge)
{
    private const string Path = "/v1/messages/count_tokens";

    [Fact]
    public async Task A_provider_that_counts_is_asked_and_nothing_is_billed()
    {
        var model = edge.NewModel("a");
        edge.Raw.Whole(model, 200, """{"input_tokens": 14, "new":1}""");
        using var answer = await edge.MessagesAsync(Body(model), path: Path, headers: [("anthropic-beta", "b1")]);

        Assert.Equal(
            """{"input_tokens": 14, "new":1}""",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("provider", answer.Headers.GetValues(TokenCounter.SourceHeader).Single());
        Assert.Equal(Body(model), edge.Raw.Received(model));
        Assert.Equal(Path, edge.Raw.HeadOf(model)!.RequestUri!.OriginalString);
        Assert.Equal("b1", edge.Raw.HeadOf(model)!.Headers.GetValues("anthropic-beta").Single());

        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Empty(usage);
        Assert.Equal((Path, 200, 0L), (completed.Route, completed.Status, completed.CostNanoUsd));
        Assert.Equal(("claude", "completed"), (completed.Provider, Assert.Single(completed.Attempts).Outcome));
    }

    [Fact]
    public async Task Where_no_provider_counts_it_is_estimated_and_said_to_be()
    {
        using var answer = await edge.MessagesAsync(Body(edge.NewModel("m"), new string('x', 3000)), path: Path);

        Assert.Equal("estimate", answer.Headers.GetValues(TokenCounter.SourceHeader).Single());
        Assert.InRange(await CountAsync(answer), 500, 2000);
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Empty(usage);
        Assert.Empty(completed.Attempts);
        Assert.Null(completed.Provider);
    }

    [Fact]
    public async Task A_provider_that_fails_is_stood_in_for_by_the_estimate()
    {
        var model = edge.NewModel("a");
        edge.Raw.Whole(model, 500, "oops", "text/plain");
        using var answer = await edge.MessagesAsync(Body(model), path: Path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("estimate", answer.Headers.GetValues(TokenCounter.SourceHeader).Single());
        Assert.Equal("http_500", Assert.Single((await edge.RecordsOfAsync(answer)).Completed.Attempts).Outcome);
    }

    [Fact]
    public async Task What_a_provider_says_of_the_request_is_told()
    {
        var model = edge.NewModel("a");
        edge.Raw.Whole(
            model, 400, """{"type":"error","error":{"type":"invalid_request_error","message":"messages: no"}}""");
        using var answer = await edge.MessagesAsync(Body(model), path: Path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("messages: no", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task It_is_free_where_a_budget_is_used_up()
    {
        using var answer = await edge.MessagesAsync(Body(edge.NewModel("u")), Landscape.Poor, Path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task It_counts_against_limits_on_calls_but_not_on_tokens()
    {
        using var first = await edge.MessagesAsync(Body(edge.NewModel("m")), Landscape.Counted, Path);
        using var second = await edge.MessagesAsync(Body(edge.NewModel("m")), Landscape.Counted, Path);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
        Assert.Equal(
            "rate_limit_exceeded", (await EdgeUnderTest.ErrorOfAsync(second)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("not-a-key", "a1", 401)]
    [InlineData(Landscape.Narrow, "a1", 403)]
    [InlineData(Landscape.Open, "nothing", 404)]
    public async Task It_is_for_those_alone_who_may_ask(string key, string model, int status)
    {
        using var answer = await edge.MessagesAsync(Body(model), key, Path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Pictures_are_not_counted_as_text()
    {
        var body = $$$"""
            {"model":"{{{edge.NewModel("m")}}}","messages":[{"role":"user","content":[{"type":"image",
             "source":{"type":"base64","media_type":"image/png","data":"{{{new string('A', 400_000)}}}"}}]}]}
            """;
        using var answer = await edge.MessagesAsync(body, path: Path);

        Assert.InRange(await CountAsync(answer), 1600, 1800);
    }

    private static string Body(string model, string text = "hi") =>
        $$"""{"model":"{{model}}", "messages":[{"role":"user","content":"{{text}}"}]}""";

    private static async Task<int> CountAsync(HttpResponseMessage answer)
    {
        using var body = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return body.RootElement.GetProperty("input_tokens").GetInt32();
    }
}
