using System.Net;
using LlmPlatform.TestKit;
using static LlmPlatform.Edge.Tests.Requests.AnswerTests;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>May they, can they afford it: what is refused, what it says, and what is held meanwhile.</summary>
public sealed class AdmissionTests(EdgeUnderTest edge)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_budget_that_cannot_pay_is_a_402_that_says_when_it_opens()
    {
        var model = edge.NewModel("t");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Poor);

        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal("budget_exceeded", error.GetProperty("code").GetString());
        Assert.Equal("tenant:poor", error.GetProperty("scope").GetString());
        Assert.Equal("0.000001", error.GetProperty("limit").GetString());
        var now = TimeProvider.System.GetUtcNow();
        var nextMonth = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        Assert.Equal(nextMonth, error.GetProperty("reset_at").GetDateTimeOffset());
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(31));
        Assert.False(error.TryGetProperty("held_usd", out _));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal(("poor", false), (completed.RefusedBudget?.BudgetId, completed.RefusedBudget?.HeldOnly));
        Assert.Empty(usage);
        Assert.DoesNotContain(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
    }

    [Fact]
    public async Task A_budget_that_is_only_held_says_so_and_opens_when_the_call_ends()
    {
        var model = edge.NewModel("r");
        var end = new TaskCompletionSource();
        edge.Raw.Answer(model, async http =>
        {
            await end.Task.WaitAsync(http.RequestAborted);
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(
                """{"choices":[{}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"""u8.ToArray(),
                http.RequestAborted);
        });

        // 1,000 output tokens at 20 dollars a million are 2.2 of 2.3 cents in the dearest region.
        var first = edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Held);
        await Eventually.UntilAsync(
            () => edge.Raw.Received(model) is not null,
            Patience,
            "the first call is open",
            TestContext.Current.CancellationToken);
        using var refused = await edge.ChatAsync(EdgeUnderTest.Body(edge.NewModel("t")), Landscape.Held);
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(refused);
        Assert.InRange(error.GetProperty("held_usd").GetDecimal(), 0.02m, 0.025m);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);

        end.SetResult();
        using var answer = await first;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Eventually.UntilAsync(
            async () =>
            {
                using var again = await edge.ChatAsync(
                    EdgeUnderTest.Body(edge.NewModel("t"), more: ",\"max_tokens\":1"), Landscape.Held);
                return again.StatusCode == HttpStatusCode.OK;
            },
            Patience,
            "what was held is free again",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_rate_limit_is_a_429_with_its_scope_and_what_is_left_is_said_before()
    {
        var model = edge.NewModel("m");
        using var first = await edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Paced);
        Assert.Equal(
            ("2", "1"), (Header(first, "X-RateLimit-Limit-Requests"), Header(first, "X-RateLimit-Remaining-Requests")));
        Assert.EndsWith("ms", Header(first, "X-RateLimit-Reset-Requests"));
        Assert.Equal("1000000", Header(first, "X-RateLimit-Limit-Tokens"));
        Assert.InRange(long.Parse(Header(first, "X-RateLimit-Remaining-Tokens")!), 900_000, 999_999);

        using var second = await edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Paced);
        using var third = await edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Paced);
        Assert.Equal((HttpStatusCode)429, third.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(third);
        Assert.Equal("rate_limit_exceeded", error.GetProperty("code").GetString());
        Assert.Equal(
            ("tenant:paced", "2"), (error.GetProperty("scope").GetString(), error.GetProperty("limit").GetString()));
        Assert.NotNull(third.Headers.RetryAfter);
        Assert.Equal("0", Header(third, "X-RateLimit-Remaining-Requests"));
    }

    [Fact]
    public async Task Without_a_price_an_enforced_budget_refuses_and_others_are_served_unpriced()
    {
        var model = edge.NewModel("u");
        using var refused = await edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Watched);
        using var served = await edge.ChatAsync(EdgeUnderTest.Body(model));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(
            "accounting_unavailable", (await EdgeUnderTest.ErrorOfAsync(refused)).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        var record = Assert.Single((await edge.RecordsOfAsync(served)).Usage);
        Assert.Equal((0, null), (record.CostNanoUsd, record.PriceVersion));
    }

    [Theory]
    [InlineData("", 4096)]
    [InlineData(",\"max_tokens\":null", 4096)]
    [InlineData(",\"max_tokens\":17", 17)]
    public async Task Under_an_enforced_budget_no_call_goes_out_without_a_bound(string more, long bound)
    {
        var model = edge.NewModel("m");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, more: more), Landscape.Watched);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = edge.First.Ledger.Attempts.Single(attempt => attempt.Model == model).Body;
        Assert.Equal(bound, body.EnumerateObject().Single(member => member.Name == "max_tokens").Value.GetInt64());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "t", "", "max_tokens")]
    [InlineData("/v1/chat/completions", "t", ",\"max_tokens\":1000", "max_tokens")]
    [InlineData("/v1/chat/completions", "o", ",\"max_completion_tokens\":1000", "max_completion_tokens")]
    [InlineData("/v1/responses", "o", ",\"max_output_tokens\":1000", "max_output_tokens")]
    [InlineData("/v1/responses", "t", ",\"max_output_tokens\":1000", "max_tokens")]
    [InlineData("/v1/completions", "t", ",\"max_tokens\":1000", "max_tokens")]
    [InlineData("/v1/messages", "t", ",\"max_tokens\":1000", "max_tokens")]
    public async Task Where_a_budget_has_less_left_than_a_call_may_cost_its_output_is_bounded_by_what_is_left(
        string route, string kind, string more, string member)
    {
        var model = edge.NewModel(kind);
        var subject = route switch
        {
            "/v1/responses" => "\"input\":\"Hello\"",
            "/v1/completions" => "\"prompt\":\"Hello\"",
            _ => "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]",
        };

        // The call before holds all that is left until it is settled, which nobody waits for: until then it is the hold
        // that refuses this one, and the answer says so.
        using var answer = await Eventually.UntilAsync(
            () => edge.SendAsync(
                HttpMethod.Post, route, Landscape.Short, $"{{\"model\":\"{model}\",{subject}{more}}}",
                TestContext.Current.CancellationToken),
            sent => sent.StatusCode != HttpStatusCode.PaymentRequired,
            Patience,
            "the call before is settled",
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var bound = long.Parse(Header(answer, "X-Budget-Max-Tokens")!);
        Assert.InRange(bound, 64, 999);
        var body = edge.First.Ledger.Attempts.Single(attempt => attempt.Model == model).Body;
        Assert.Equal(bound, body.EnumerateObject().Single(one => one.Name == member).Value.GetInt64());
    }

    [Fact]
    public async Task A_budget_of_tokens_bounds_by_tokens_and_asks_for_no_price()
    {
        var model = edge.NewModel("u");
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Tokens);
        using var refused = await edge.ChatAsync(
            EdgeUnderTest.Body(model, more: $",\"user\":\"{new string('x', 3 * Landscape.MaxOutputTokens)}\""),
            Landscape.Tokens);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange(long.Parse(Header(answer, "X-Budget-Max-Tokens")!), 64, Landscape.MaxOutputTokens - 1);
        var held = Assert.Single(Assert.Single((await edge.RecordsOfAsync(answer)).Usage).Budgets);
        Assert.Equal(("tokens", true), (held.BudgetId, held.CountsTokens));
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(refused);
        Assert.Contains($"({Landscape.MaxOutputTokens} tokens)", error.GetProperty("message").GetString());
        Assert.Equal($"{Landscape.MaxOutputTokens}", error.GetProperty("limit").GetString());
    }

    [Fact]
    public async Task Thinking_that_names_a_part_of_its_bound_is_refused_rather_than_broken()
    {
        const string Thinking = ",\"max_tokens\":1000,\"thinking\":{\"type\":\"disabled\"}";
        using var answer = await edge.SendAsync(
            HttpMethod.Post, "/v1/messages", Landscape.Short, EdgeUnderTest.Body(edge.NewModel("t"), more: Thinking),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
    }

    // 10 dollars a thousand, and 1,000 are to be spent.
    [Theory]
    [InlineData("\"max_uses\":200000", HttpStatusCode.PaymentRequired)]
    [InlineData("\"max_uses\":5", HttpStatusCode.OK)]
    public async Task Searches_that_a_request_names_are_held_at_their_fee(string uses, HttpStatusCode expected)
    {
        var model = edge.NewModel("a");
        edge.Raw.Whole(
            model, 200, """{"type":"message","content":[],"usage":{"input_tokens":1,"output_tokens":1}}""");
        using var answer = await edge.SendAsync(
            HttpMethod.Post,
            "/v1/messages",
            Landscape.Watched,
            EdgeUnderTest.Body(
                model, more: $",\"max_tokens\":9,\"tools\":[{{\"type\":\"web_search_20250305\",{uses}}}]"),
            TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Every_budget_that_counts_the_call_is_named_by_its_usage()
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(edge.NewModel("m")), Landscape.Tracked);

        var held = Assert.Single(Assert.Single((await edge.RecordsOfAsync(answer)).Usage).Budgets);
        Assert.Equal(("tracked", 1), (held.BudgetId, held.Revision));
        Assert.Matches("^m:[0-9]{4}-[0-9]{2}$", held.PeriodId);
    }
}
