using System.Net;
using LlmPlatform.Contracts.Usage;
using static LlmPlatform.Edge.Tests.Requests.AnswerTests;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>When another candidate is tried, when not, and what of it all is billed.</summary>
public sealed class FallbackTests(EdgeUnderTest edge)
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(402)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task What_is_not_the_callers_fault_is_left_to_the_next_candidate(int status)
    {
        var model = edge.NewModel("x");
        edge.Raw.Whole(model, status, """{"error":{"message":"secret of ours","code":"x"}}""");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            ("true", $"http_{status}"), (Header(answer, "X-Model-Fallback"), Header(answer, "X-Fallback-Reason")));
        Assert.Equal("second", Header(answer, "X-Provider"));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        var record = Assert.Single(usage);
        Assert.Equal((2, true), (record.Attempt, record.EndsRequest));
        Assert.Equal([$"http_{status}", "completed"], completed.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal($"http_{status}", completed.FallbackReason);
    }

    [Theory]
    [InlineData(401, 502, "upstream_error")]
    [InlineData(402, 502, "upstream_error")]
    [InlineData(500, 502, "upstream_error")]
    [InlineData(302, 502, "upstream_error")]
    [InlineData(429, 503, "upstream_unavailable")]
    public async Task What_is_our_fault_is_never_shown_as_the_callers(int status, int shown, string code)
    {
        var model = edge.NewModel("r");
        edge.Raw.Whole(model, status, """{"error":{"message":"secret of ours","code":"invalid_api_key"}}""");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model));

        Assert.Equal(shown, (int)answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.DoesNotContain("secret", error.GetProperty("message").GetString());
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
    }

    [Fact]
    public async Task What_the_provider_says_of_the_callers_request_is_passed_on_and_costs_nothing()
    {
        const string said =
            """{"error":{"message":"too long: 模","param":"messages","code":"context_length_exceeded"}}""";
        var model = edge.NewModel("x");
        edge.Raw.Whole(model, 400, said);
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true), Landscape.Watched);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(said, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Empty(usage);
        Assert.Equal(("http_400", 400), (Assert.Single(completed.Attempts).Outcome, completed.Status));
        Assert.Equal("upstream_refused", completed.ErrorCode);
        await AllFreedAsync();
    }

    [Fact]
    public async Task A_refusal_that_is_no_error_object_becomes_one()
    {
        var model = edge.NewModel("r");
        edge.Raw.Whole(model, 413, "<html>proxy</html>", "text/html");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("request_too_large", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_passed_over_at_no_cost()
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(edge.NewModel("d")));
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("connection_failed", Header(answer, "X-Fallback-Reason"));
        Assert.Equal(2, Assert.Single((await edge.RecordsOfAsync(answer)).Usage).Attempt);
    }

    [Fact]
    public async Task When_nobody_is_there_the_caller_is_told_to_come_back()
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("lost"), Landscape.Watched);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(
            "upstream_unavailable", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("code").GetString());
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
        await AllFreedAsync();
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"x\"}}", "application/json", "error_event", 1)]
    [InlineData("data: {\"error\":{\"message\":\"x\"}}\n\n", "text/event-stream", "error_event", 1)]
    [InlineData("<html>captive portal</html>", "application/json", "protocol_error", 2)]
    public async Task A_200_that_is_no_answer_is_left_to_the_next_candidate(
        string body, string type, string reason, int records)
    {
        var model = edge.NewModel("x");
        edge.Raw.Whole(model, 200, body, type);
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: type != "application/json"));
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, reason), (answer.StatusCode, Header(answer, "X-Fallback-Reason")));
        var (_, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal(records, usage.Count);
        Assert.Equal([.. usage.Select(_ => false).Skip(1), true], usage.Select(record => record.EndsRequest));
    }

    [Theory]
    [InlineData("", "protocol_error")]
    [InlineData("data: {\"error\":{\"message\":\"overloaded\"}}\n\n", "error_event")]
    public async Task A_stream_that_dies_behind_its_opening_is_left_to_the_next_candidate(string end, string reason)
    {
        var model = edge.NewModel("x");
        edge.Raw.Stream(
            model,
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
            end);
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));
        var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("second", reason), (Header(answer, "X-Provider"), Header(answer, "X-Fallback-Reason")));
        Assert.Equal(1, said.Split("\"role\"").Length - 1);
        var (completed, _) = await edge.RecordsOfAsync(answer);
        Assert.Equal([reason, "completed"], completed.Attempts.Select(attempt => attempt.Outcome));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silence_before_the_first_byte_goes_to_the_next_and_may_be_billed(bool stream)
    {
        var model = edge.NewModel("b");
        edge.Raw.Answer(model, http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream));
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "timeout"), (answer.StatusCode, Header(answer, "X-Fallback-Reason")));
        var (_, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal([UsageOutcomes.TimedOut, UsageOutcomes.Completed], usage.Select(record => record.Outcome));
        Assert.Equal([UsageSources.GatewayCounted, UsageSources.Provider], usage.Select(record => record.UsageSource));
        Assert.Equal([false, true], usage.Select(record => record.EndsRequest));
        Assert.InRange(usage[0].Tokens.TotalInput, 1, 100);
        Assert.Equal(0, usage[0].Tokens.TotalOutput);
    }

    [Fact]
    public async Task The_head_of_an_answer_does_not_start_the_clock_anew()
    {
        var model = edge.NewModel("h");
        edge.Raw.Answer(model, async http =>
        {
            await Task.Delay(1000, http.RequestAborted);
            http.Response.ContentType = "text/event-stream";
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(1000, http.RequestAborted);
            await http.Response.Body.WriteAsync("data: [DONE]\n\n"u8.ToArray(), http.RequestAborted);
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("upstream_timeout", (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("code").GetString());
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((UsageOutcomes.TimedOut, true), (record.Outcome, record.EndsRequest));
    }

    [Fact]
    public async Task A_whole_answer_may_take_longer_than_the_first_byte_of_a_stream()
    {
        var model = edge.NewModel("h");
        edge.Raw.Answer(model, async http =>
        {
            await Task.Delay(2000, http.RequestAborted);
            http.Response.ContentType = "application/json";
            var body = """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";
            await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body), http.RequestAborted);
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: false));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((UsageOutcomes.Completed, 2), (record.Outcome, record.Tokens.OutputText));
    }

    [Fact]
    public async Task Silence_within_a_stream_ends_it_and_a_comment_is_no_silence()
    {
        var model = edge.NewModel("h");
        edge.Raw.Answer(model, async http =>
        {
            http.Response.ContentType = "text/event-stream";
            string[] parts =
                ["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", ": still\n\n", ": here\n\n", ": now\n\n"];
            foreach (var part in parts)
            {
                await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(part), http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(1200, http.RequestAborted);
            }

            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains(": now\n\n", text);
        Assert.Contains("\"code\":\"upstream_timeout\"", text);
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((UsageOutcomes.TimedOut, 1), (record.Outcome, record.Tokens.OutputText));
    }

    [Fact]
    public async Task A_stream_that_never_ends_ends_with_the_whole_calls_time()
    {
        var model = edge.NewModel("h");
        edge.Raw.Answer(model, async http =>
        {
            http.Response.ContentType = "text/event-stream";
            while (true)
            {
                await http.Response.Body.WriteAsync(
                    "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"u8.ToArray(), http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(100, http.RequestAborted);
            }
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));

        Assert.Contains(
            "\"code\":\"upstream_timeout\"",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(UsageOutcomes.TimedOut, Assert.Single((await edge.RecordsOfAsync(answer)).Usage).Outcome);
    }

    private Task<long> AllFreedAsync() => TestKit.Eventually.UntilAsync(
        LevelAsync,
        held => held == 0,
        TimeSpan.FromSeconds(60), "nothing is held", TestContext.Current.CancellationToken);

    private async Task<long> LevelAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var period = Landscape.Limits().Budgets.Single(budget => budget.Id == "watched").Calendar().At(now).Id;
        return (await edge.Ledger.ReadAsync("watched", period, TestContext.Current.CancellationToken)).Held;
    }
}
