using System.Net;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Metering.Recovery;
using LlmPlatform.Money.Spending;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Metering.Tests.Recovery;

/// <summary>Redis is emptied: budgets stay shut until billing has said what was spent.</summary>
public sealed class LostCountersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counters_that_were_lost_are_made_anew_from_billing_and_nothing_is_admitted_before()
    {
        var budget = Given.Budget();
        var period = MeteringReplica.CurrentPeriod(budget);
        var isAway = true;
        var asked = 0;
        await using var billing = await LoopbackServer.StartAsync(async http =>
        {
            Interlocked.Increment(ref asked);
            if (Volatile.Read(ref isAway))
            {
                http.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                return;
            }

            Assert.Equal("/internal/v1/budget-spending", http.Request.Path);
            var since = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(http.Request.Query["since"]!));
            Assert.True(since <= period.StartsAt, "what the period spent is asked for from its start");
            await http.Response.WriteAsJsonAsync(
                new BudgetSpending
                {
                    Periods =
                    [
                        new PeriodSpending
                        {
                            BudgetId = Given.IdOf(budget), PeriodId = period.Id, SpentNanoUsd = 700_000_000,
                        },
                    ],
                    Through = [new SpoolReached { EdgeId = Given.EdgeId, Epoch = 1, Sequence = 7 }],
                },
                SnapshotFeeds.Json);
        });
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(
            stores, Given.File(budget), null, billing.Address);
        var sweep = replica.Get<LostCounterSweep>();

        // The first look finds counters that nobody has missed yet.
        await sweep.TurnAsync(Token);
        await replica.SweepAsync();
        Assert.Equal(0, asked);
        await replica.HoldAsync(1_000);

        await replica.Get<Hosting.Redis.RedisClient>().ExecuteAsync("FLUSHALL", [], Token);
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => replica.HoldAsync(1_000));
        await Assert.ThrowsAsync<HttpRequestException>(() => sweep.TurnAsync(Token));
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => replica.HoldAsync(1_000));
        await Assert.ThrowsAsync<QuotaUnavailableException>(
            () => replica.Holds.ReadAsync(Given.IdOf(budget), period.Id, Token).AsTask());

        Volatile.Write(ref isAway, false);
        await sweep.TurnAsync(Token);
        await sweep.TurnAsync(Token);
        Assert.Equal(2, asked);
        var level = await replica.Holds.ReadAsync(Given.IdOf(budget), period.Id, Token);
        Assert.Equal((700_000_000L, 0L), (level.Spent, level.Held));
        await replica.HoldAsync(300_000_000);
        Assert.Equal(2, (await replica.Get<LimitsShelf>().CurrentAsync(Token))!.CountersGeneration);

        // What billing has counted is settled again by an edge, and what it has not.
        var known = Given.Usage(1, 100, period.StartsAt.AddSeconds(1), MeteringReplica.Held(budget));
        known = known with { OccurredAt = TimeProvider.System.GetUtcNow() };
        await replica.Holds.SettleAsync(known, new UsageOrigin(Given.EdgeId, 1, 7), Token);
        await replica.Holds.SettleAsync(
            known with { EventId = Guid.NewGuid() }, new UsageOrigin(Given.EdgeId, 1, 8), Token);
        level = await replica.Holds.ReadAsync(Given.IdOf(budget), period.Id, Token);
        Assert.Equal(700_000_100, level.Spent);
    }
}
