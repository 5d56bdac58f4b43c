using System.Net;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using Microsoft.AspNetCore.Http;
using static LlmPlatform.Edge.Tests.Requests.AnswerTests;

namespace LlmPlatform.Edge.Tests.Routing;

/// <summary>A second deployment beside one that takes long: who answers, and what of it is billed and held.</summary>
public sealed class HedgingTests(EdgeUnderTest edge)
{
    private const string Answer =
        """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";

    // One call may cost 1000 tokens at 20 USD a million.
    private const long HoldOfOneNanoUsd = 20_000_000;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_first_takes_long_the_second_answers_and_both_are_billed(bool stream)
    {
        var model = edge.NewModel("hedged-");
        var left = new TaskCompletionSource();
        edge.Raw.Answer(model, async http =>
        {
            using var onLeft = http.RequestAborted.Register(left.SetResult);
            await left.Task;
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream));
        await answer.Content.ReadAsStringAsync(Now);

        Assert.Equal((HttpStatusCode.OK, "second"), (answer.StatusCode, Header(answer, "X-Provider")));
        Assert.Equal("hedged", Header(answer, "X-Fallback-Reason"));
        await left.Task.WaitAsync(TimeSpan.FromSeconds(60), Now);
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal(
            [("raw", 1, UsageOutcomes.HedgeLost, false), ("second", 2, UsageOutcomes.Completed, true)],
            usage.Select(record => (record.Provider, record.Attempt, record.Outcome, record.EndsRequest)));
        Assert.All(usage, record => Assert.True(record.CostNanoUsd > 0));
        Assert.Equal(["hedge_lost", "completed"], completed.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(0, edge.Signals.Of("raw", model).FailuresInARow);
    }

    [Fact]
    public async Task Where_the_first_answers_after_all_the_second_is_cut_and_both_were_held_for()
    {
        var model = edge.NewModel("hedged-");
        var goOn = new TaskCompletionSource();
        edge.Second.ScriptModel(model, new ProviderScript { HangBeforeFirstByte = true });
        edge.Raw.Answer(model, async http =>
        {
            await goOn.Task;
            await SayAsync(http, StatusCodes.Status200OK, Answer);
        });
        var call = edge.ChatAsync(EdgeUnderTest.Body(model), Landscape.Watched);
        await SecondIsAskedAsync(model);
        var held = await HeldAsync();
        goOn.SetResult();
        using var answer = await call;

        Assert.Equal(("raw", null), (Header(answer, "X-Provider"), Header(answer, "X-Fallback-Reason")));
        Assert.True(held > 2 * HoldOfOneNanoUsd, $"{held} are held for two attempts");
        var (_, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal(
            [("second", 2, UsageOutcomes.HedgeLost, false), ("raw", 1, UsageOutcomes.Completed, true)],
            usage.Select(record => (record.Provider, record.Attempt, record.Outcome, record.EndsRequest)));
        await Eventually.UntilAsync(
            async () => await HeldAsync() == 0, TimeSpan.FromSeconds(60), "nothing is held any more", Now);
        await Eventually.UntilAsync(
            () => edge.Second.Ledger.Attempts.Any(attempt =>
                attempt.Model == model && attempt.Outcome == AttemptOutcome.CallerLeft),
            TimeSpan.FromSeconds(60),
            "the second knows that it was left",
            Now);
    }

    [Fact]
    public async Task Where_the_first_fails_meanwhile_the_second_serves_and_the_first_costs_nothing()
    {
        var model = edge.NewModel("hedged-");
        var signals = edge.Signals.Of("raw", model);
        edge.Second.ScriptModel(model, new ProviderScript
        {
            BeforeChunk = (_, left) => Eventually.UntilAsync(
                () => signals.FailuresInARow > 0, TimeSpan.FromSeconds(60), "the first has failed", left),
        });
        edge.Raw.Answer(model, async http =>
        {
            await SecondIsAskedAsync(model);
            await SayAsync(http, StatusCodes.Status500InternalServerError, """{"error":{"message":"no"}}""");
        });
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model, stream: true));
        await answer.Content.ReadAsStringAsync(Now);

        Assert.Equal(
            (HttpStatusCode.OK, "second", "http_500"),
            (answer.StatusCode, Header(answer, "X-Provider"), Header(answer, "X-Fallback-Reason")));
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((2, UsageOutcomes.Completed, true), (record.Attempt, record.Outcome, record.EndsRequest));
    }

    [Fact]
    public async Task What_the_second_says_of_the_request_is_not_waited_for_twice()
    {
        var model = edge.NewModel("hedged-");
        edge.Second.RefuseNext(1, 400, model: model);
        edge.Raw.Answer(model, http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body(model));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(("raw", UsageOutcomes.HedgeLost), (record.Provider, record.Outcome));
    }

    private static Task SayAsync(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    }

    private Task SecondIsAskedAsync(string model) => Eventually.UntilAsync(
        () => edge.Second.Ledger.Attempts.Any(attempt => attempt.Model == model),
        TimeSpan.FromSeconds(60),
        "the second is asked",
        Now);

    private async Task<long> HeldAsync()
    {
        var budget = Landscape.Limits().Budgets.Single(budget => budget.Id == "watched");
        var period = budget.Calendar().At(TimeProvider.System.GetUtcNow()).Id;
        return (await edge.Ledger.ReadAsync("watched", period, Now)).Held;
    }
}
