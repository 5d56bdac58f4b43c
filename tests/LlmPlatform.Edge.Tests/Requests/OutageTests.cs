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
                return level.SpentNanoUsd == 2_000_000;
            },
            TimeSpan.FromSeconds(30),
            "the tracked budget has the call's 100 input and 50 output tokens",
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
