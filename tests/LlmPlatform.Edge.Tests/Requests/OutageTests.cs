using System.Net;
using LlmPlatform.Edge.Tests.Identity;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>What still works when something the edge stands on is away.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Without_Redis_only_calls_with_nothing_to_enforce_are_served_and_settled_later()
    {
        await using var edge = new EdgeUnderTest();
        await edge.InitializeAsync();
        await edge.Redis.KillAsync(RealServer.Redis);

        using var limited = await edge.ChatAsync(EdgeUnderTest.Body("m1"), Landscape.Paced);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, limited.StatusCode);
        Assert.Equal("quota_unavailable", (await EdgeUnderTest.ErrorOfAsync(limited)).GetProperty("code").GetString());
        using var budgeted = await edge.ChatAsync(EdgeUnderTest.Body("m1"), Landscape.Watched);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, budgeted.StatusCode);
        using var free = await edge.ChatAsync(EdgeUnderTest.Body("m1"));
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        using var tracked = await edge.ChatAsync(EdgeUnderTest.Body("m1"), Landscape.Tracked);
        Assert.Equal(HttpStatusCode.OK, tracked.StatusCode);
        var held = Assert.Single(Assert.Single((await edge.RecordsOfAsync(tracked)).Usage).Budgets);

        await edge.Redis.RestartAsync(RealServer.Redis);
        await Eventually.UntilAsync(
            async () =>
            {
                var level = await edge.Ledger.ReadAsync(
                    held.BudgetId, held.PeriodId, TestContext.Current.CancellationToken);
                return level.Spent == 2_000_000;
            },
            TimeSpan.FromSeconds(60),
            "the tracked budget has the call's 100 input and 50 output tokens",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_Redis_each_tenant_goes_on_as_far_as_its_mode_says_and_all_of_it_is_charged_later()
    {
        await using var edge = new EdgeUnderTest();
        edge.Settings["Edge:RedisAway:Tenants:watched"] = "Observe";
        edge.Settings["Edge:RedisAway:Tenants:short"] = "LocalShare";
        edge.Settings["Edge:RedisAway:Tenants:paced"] = "Allowlist";
        edge.Settings["Edge:RedisAway:AllowlistCalls"] = "3";
        edge.Settings["Edge:RedisAway:AllowlistWindow"] = "1.00:00:00";
        await edge.InitializeAsync();

        // Of 2 cents a call of at most 100 tokens is held 0.3, and costs 0.2: half of what was seen is a cent.
        // It is all this edge's: there is no other, as Redis had told it.
        Assert.Equal(HttpStatusCode.OK, await CallAsync(edge, Landscape.Short));
        await Eventually.UntilAsync(
            () => edge.Roster.Count == 1,
            TimeSpan.FromSeconds(60),
            "the edge has heard that it is alone",
            TestContext.Current.CancellationToken);
        await edge.Redis.KillAsync(RealServer.Redis);
        var statuses = new List<HttpStatusCode>();
        for (var calls = 0; calls < 5; calls++)
        {
            statuses.Add(await CallAsync(edge, Landscape.Short));
            Assert.Equal(HttpStatusCode.OK, await CallAsync(edge, Landscape.Watched));
            Assert.Equal(
                calls < 3 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
                await CallAsync(edge, Landscape.Paced));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await CallAsync(edge, Landscape.Poor));
        }

        await OverspendIsBoundedAsync(edge);
        var shared = statuses.Count(status => status == HttpStatusCode.OK);
        Assert.InRange(shared, 1, 4);
        Assert.All(statuses.Skip(shared), status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));

        await edge.Redis.RestartAsync(RealServer.Redis);
        await UntilSpentAsync(edge, "short", 2_000_000 * (1 + shared));
        await UntilSpentAsync(edge, "watched", 2_000_000 * 6);
    }

    // A call of at most 100 tokens, of which nothing could be held: while it is open it may be spent past the limit.
    private static async Task OverspendIsBoundedAsync(EdgeUnderTest edge)
    {
        var end = new TaskCompletionSource();
        edge.Raw.Answer("r7", async http =>
        {
            await end.Task.WaitAsync(http.RequestAborted);
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(
                """{"choices":[{}],"usage":{"prompt_tokens":100,"completion_tokens":50}}"""u8.ToArray(),
                http.RequestAborted);
        });
        var open = edge.ChatAsync(EdgeUnderTest.Body("r7", more: ",\"max_tokens\":100"), Landscape.Watched);
        await Eventually.UntilAsync(
            async () => await BoundAsync(edge) is > 0.002 and < 0.02,
            TimeSpan.FromSeconds(60), "the call shows in the bound", TestContext.Current.CancellationToken);
        end.SetResult();
        using var answer = await open;
        await Eventually.UntilAsync(
            async () => await BoundAsync(edge) == 0,
            TimeSpan.FromSeconds(60), "nothing is open", TestContext.Current.CancellationToken);
    }

    private static async Task<double> BoundAsync(EdgeUnderTest edge)
    {
        using var metrics = await edge.GetAsync("/metrics");
        var text = await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var line = text.Split('\n').Single(line =>
            line.StartsWith("budget_overspend_bound_usd{", StringComparison.Ordinal)
            && line.Contains("budget=\"watched-month\"", StringComparison.Ordinal));
        return double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<HttpStatusCode> CallAsync(EdgeUnderTest edge, string key)
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("t1", more: ",\"max_tokens\":100"), key);
        return answer.StatusCode;
    }

    private static Task UntilSpentAsync(EdgeUnderTest edge, string budgetId, long nanoUsd)
    {
        var budget = Landscape.Limits().Budgets.Single(budget => budget.Id == budgetId);
        return Eventually.UntilAsync(
            async () =>
            {
                var period = budget.Calendar().At(TimeProvider.System.GetUtcNow());
                var level = await edge.Ledger.ReadAsync(
                    budgetId, period.Id, TestContext.Current.CancellationToken);
                return level.Spent == nanoUsd;
            },
            TimeSpan.FromSeconds(60),
            $"{budgetId} has spent {nanoUsd}",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_key_revoked_while_Redis_is_away_is_refused_as_soon_as_the_operator_is_answered()
    {
        await using var edge = new EdgeUnderTest();
        await edge.InitializeAsync();
        var (name, made) = await edge.CreateKeyAsync();
        var secret = made.Text("key")!;
        await edge.ReachesAsync(secret, HttpStatusCode.OK);
        await edge.Redis.KillAsync(RealServer.Redis);
        Assert.Equal(HttpStatusCode.OK, await edge.StatusOfAsync(secret));

        await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/revoke");
        Assert.Equal(HttpStatusCode.Unauthorized, await edge.StatusOfAsync(secret));
    }

    [Fact]
    public async Task A_spool_that_is_full_refuses_before_anything_is_sent()
    {
        await using var edge = new EdgeUnderTest();
        edge.Settings["Edge:Spool:MaxBytes"] = "1048576";
        edge.Settings["Edge:Spool:SegmentBytes"] = "65536";
        await edge.InitializeAsync();

        // The broker is away, so nothing leaves the spool.
        for (var calls = 0; edge.Spool.IsAccepting && calls < 2000; calls++)
        {
            using var served = await edge.ChatAsync(EdgeUnderTest.Body("m1"));
        }

        var before = edge.First.Ledger.Attempts.Count;
        using var refused = await edge.ChatAsync(EdgeUnderTest.Body("m1"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(
            "accounting_unavailable", (await EdgeUnderTest.ErrorOfAsync(refused)).GetProperty("code").GetString());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(before, edge.First.Ledger.Attempts.Count);
    }
}
