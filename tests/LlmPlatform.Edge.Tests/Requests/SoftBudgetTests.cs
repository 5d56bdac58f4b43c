using System.Net;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>
/// Streams under softly enforced budgets: they begin with little held, hold more while they run, and end in words where
/// nothing is left.
/// </summary>
public sealed class SoftBudgetTests(EdgeUnderTest edge)
{
    // 1,000 output tokens, which a model answers at most, at 20 dollars a million are 2 cents.
    private const int Chunks = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<int, string> Routes { get; } = new(
        StreamedRoute.All.Select((route, number) => (number, route.Name)));

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_stream_that_its_budget_has_nothing_left_for_ends_in_words_and_what_passed_is_billed(
        int number, string name)
    {
        var route = StreamedRoute.All[number];
        var model = edge.NewModel(route.Kind);
        route.ProviderOf(edge).ScriptModel(model, Long());
        using var answer = await AskAsync(route, model, Landscape.SoftKey(number));
        var said = await answer.Content.ReadAsStringAsync(Now);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(said.Contains("word", StringComparison.Ordinal), $"{name} answers before it ends");
        Assert.Contains("budget_exceeded", said, StringComparison.Ordinal);
        Assert.Contains("nothing left for more of this answer", said, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("X-Budget-Max-Tokens"));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        var tenant = Landscape.SoftTenant(number);
        Assert.Equal(("budget_exceeded", tenant), (completed.ErrorCode, completed.RefusedBudget?.BudgetId));
        var record = Assert.Single(usage);
        Assert.Equal(
            (UsageOutcomes.BudgetEnded, UsageSources.GatewayCounted, true),
            (record.Outcome, record.UsageSource, record.EndsRequest));

        // All of the limit was given away but what is not worth asking for; what passed meanwhile is little.
        var spent = Money.NanoUsd.ToUsd(record.CostNanoUsd);
        Assert.InRange(spent, Landscape.SoftUsd * 0.6m, Landscape.SoftUsd * 1.5m);
        await Eventually.UntilAsync(
            () => LevelAsync(tenant),
            level => level.Held == 0 && level.Spent == record.CostNanoUsd,
            Patience, "nothing is held, and what is spent is what is billed", Now);
    }

    [Fact]
    public async Task Streams_that_could_not_all_be_held_whole_run_side_by_side_and_hold_more_as_they_go_on()
    {
        // Each of ten may become 2.2 cents in the dearest region: strictly 13 cents admit five.
        const int AtOnce = 10;
        var models = Enumerable.Range(0, AtOnce).Select(_ => edge.NewModel("m")).ToList();
        var (some, rest) = (new TaskCompletionSource(), new TaskCompletionSource());
        foreach (var model in models)
        {
            edge.First.ScriptModel(model, Long() with
            {
                BeforeChunk = (before, left) => before switch
                {
                    0 => Task.CompletedTask,
                    < 40 => some.Task.WaitAsync(left),
                    _ => rest.Task.WaitAsync(left),
                },
            });
        }

        var answers = await Task.WhenAll(models.Select(
            model => AskAsync(StreamedRoute.All[0], model, Landscape.Roomy)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var before = await LevelAsync("roomy");
        Assert.InRange(before.Held, 1, before.Limit!.Value / 2);

        // 40 of the 100 chunks are 400 tokens, three times what each began with.
        some.SetResult();
        await Eventually.UntilAsync(
            () => LevelAsync("roomy"), level => level.Held > before.Held, Patience, "more is held", Now);
        rest.SetResult();
        foreach (var answer in answers)
        {
            await answer.Content.ReadAsStringAsync(Now);
            answer.Dispose();
        }

        await Eventually.UntilAsync(
            () => LevelAsync("roomy"), level => level.Held == 0, Patience, "nothing is held any more", Now);
        Assert.InRange((await LevelAsync("roomy")).Spent, 1, before.Limit.Value * 3 / 2);
    }

    [Fact]
    public async Task A_stream_that_was_refused_more_goes_on_when_another_call_frees_some_before_it_is_used_up()
    {
        // 128 tokens are held, and more is asked for when 96 have passed; when it is refused, again at about 114.
        var number = Landscape.SoftBudgets - 1;
        var (tenant, model) = (Landscape.SoftTenant(number), edge.NewModel("m"));
        var (first, second, third) = (Gate(), Gate(), Gate());
        edge.First.ScriptModel(model, Long() with
        {
            BeforeChunk = (before, left) => (before switch
            {
                < 5 => Task.CompletedTask,
                < 10 => first.Task,
                < 12 => second.Task,
                _ => third.Task,
            }).WaitAsync(left),
        });
        using var answer = await AskAsync(StreamedRoute.All[0], model, Landscape.SoftKey(number));
        var other = await HoldAllButLittleAsync(tenant);
        var held = (await LevelAsync(tenant)).Held;

        // An extension brings the limit along: that a forgotten one is there again shows that one was asked for.
        await using var redis = edge.NewRedisClient();
        await redis.WaitUntilConnectedAsync(Now);
        await SetRevisionAsync(redis, tenant, 0);
        first.SetResult();
        await Eventually.UntilAsync(
            () => LevelAsync(tenant), level => level.Revision == 1, Patience, "more was asked for", Now);
        Assert.Equal(held, (await LevelAsync(tenant)).Held);

        var rest = held - await edge.Ledger.ReleaseAsync(other, Now);
        second.SetResult();
        await Eventually.UntilAsync(
            () => LevelAsync(tenant), level => level.Held > rest, Patience, "more is held", Now);
        third.SetResult();
        var said = await answer.Content.ReadAsStringAsync(Now);

        // It is cut in the end, when it has had all of the limit.
        Assert.Contains("budget_exceeded", said, StringComparison.Ordinal);
        var (_, usage) = await edge.RecordsOfAsync(answer);
        Assert.InRange(
            Money.NanoUsd.ToUsd(Assert.Single(usage).CostNanoUsd), Landscape.SoftUsd * 0.6m, Landscape.SoftUsd * 1.5m);

        static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // As many tokens as its words have by the rule of thumb, so that the edge counts about what the provider does.
    private static ProviderScript Long() => new()
    {
        Usage = new ProviderUsage(Prompt: 10, Completion: Landscape.MaxOutputTokens),
        Chunks = Chunks,
        Word = new string('w', 34) + "word",
        DelayPerChunk = TimeSpan.FromMilliseconds(25),
    };

    private Task<HttpResponseMessage> AskAsync(StreamedRoute route, string model, string key)
    {
        var bound = $"{Landscape.MaxOutputTokens}";
        var body = route.Body(model)
            .Replace("\"max_tokens\":500", "\"max_tokens\":100", StringComparison.Ordinal)
            .Replace("\"max_tokens\":100", $"\"max_tokens\":{bound}", StringComparison.Ordinal);

        // Where a legacy completion names no bound, it has a short one.
        if (route.Path == "/v1/completions" && !body.Contains("max_tokens", StringComparison.Ordinal))
            body = $"{body[..^1]},\"max_tokens\":{bound}}}";
        return edge.SendAsync(HttpMethod.Post, route.Path, key, body, Now);
    }

    // Less is left than is worth asking for.
    private async Task<Guid> HoldAllButLittleAsync(string tenant)
    {
        var (level, request) = (await LevelAsync(tenant), Guid.CreateVersion7());
        using var limits = new LimitsIndex(Landscape.Limits()).Matching(
            new CallerScopes { Tenant = tenant, KeyId = "another" });
        var decision = await edge.Ledger.ReserveAsync(
            new AdmissionRequest
            {
                RequestId = request,
                EstimateNanoUsd = level.Limit!.Value - level.Held - 1_000,
                Limits = limits,
            },
            Now);
        Assert.Equal(AdmissionOutcome.Admitted, decision.Outcome);
        return request;
    }

    private static async Task SetRevisionAsync(RedisClient redis, string tenant, int revision) =>
        await redis.ExecuteAsync("HSET", [$"b:{{q}}:{tenant}:{Period()}", "rev", $"{revision}"], Now);

    private async Task<BudgetLevel> LevelAsync(string tenant) => await edge.Ledger.ReadAsync(tenant, Period(), Now);

    private static string Period() => $"m:{TimeProvider.System.GetUtcNow():yyyy-MM}";
}
