using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Metering.Rebuilding;
using LlmPlatform.Metering.Recovery;
using LlmPlatform.Money.Spending;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Metering.Tests.Rebuilding;

/// <summary>Counters and alerts come out of the usage rows as they were, whatever happened to them.</summary>
public sealed class CountersRebuildTests
{
    private const int Events = 40;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counters_and_alerts_come_out_the_same_after_repeats_in_any_order_and_after_they_were_lost()
    {
        // Of 40 cents 36, two of three thresholds; of 1,300 tokens 1,200, as many.
        var budget = Given.Budget(limitUsd: 0.40m);
        var tokens = Given.Budget("acme-tokens", limitTokens: 1_300);
        var now = TimeProvider.System.GetUtcNow();
        var events = Enumerable.Range(1, Events)
            .Select(number => Given.Usage(number, Given.Usd / 1000 * 9, now,
                MeteringReplica.Held(budget, now), MeteringReplica.Held(tokens, now)))
            .ToArray();
        await using var billing = await LoopbackServer.StartAsync(http => http.Response.WriteAsJsonAsync(
            SpendingOf(events), SnapshotFeeds.Json));
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(budget, tokens), billing.Address);
        await replica.Get<LostCounterSweep>().TurnAsync(Token);
        await DeliverAsync(replica, events);

        var first = await RebuildAsync(replica);
        Assert.Equal((2, 0, 4, 0), (first.Periods, first.Differing, first.Crossings, first.Missing));

        await DeliverAsync(replica, events);
        Assert.Equal(first, await RebuildAsync(replica));

        foreach (var one in new[] { budget, tokens })
        {
            var counter = $"b:{{q}}:{Given.IdOf(one)}:{MeteringReplica.CurrentPeriod(one, now).Id}";
            await replica.Get<RedisClient>().ExecuteAsync("HINCRBY", [counter, "spent", "-5"], Token);
        }

        await replica.QueryAsync(database => database.PeriodStates.ExecuteDeleteAsync(Token));
        Assert.Equal(first with { Differing = 2, Missing = 4 }, await RebuildAsync(replica));
        await replica.UntilQuietAsync();
        Assert.Equal(first, await RebuildAsync(replica));
        await replica.UntilQuietAsync();

        // However often they are announced: each under one id, which opens one alert.
        Assert.All([budget, tokens], one => Assert.Equal(
            [8_000, 9_000],
            replica.Crossings.All.Where(crossing => crossing.BudgetId == Given.IdOf(one))
                .Select(crossing => crossing.ThresholdBasisPoints).Distinct().Order()));
        var ofTokens = replica.Crossings.All.Last(crossing => crossing.BudgetId == Given.IdOf(tokens));
        Assert.Equal((1_200, 1_300, 0), (ofTokens.SpentTokens, ofTokens.LimitTokens, ofTokens.SpentNanoUsd));
    }

    private static BudgetSpending SpendingOf(UsageRecorded[] events) => new()
    {
        Periods =
        [
            .. events.SelectMany(usage => usage.Budgets.Select(held => (held.BudgetId, held.PeriodId, usage)))
                .GroupBy(charge => (charge.BudgetId, charge.PeriodId))
                .Select(period => new PeriodSpending
                {
                    BudgetId = period.Key.BudgetId,
                    PeriodId = period.Key.PeriodId,
                    SpentNanoUsd = period.Sum(charge => charge.usage.CostNanoUsd),
                    SpentTokens = period.Sum(
                        charge => charge.usage.Tokens.TotalInput + charge.usage.Tokens.TotalOutput),
                }),
        ],
        Through = [new SpoolReached { EdgeId = Given.EdgeId, Epoch = 1, Sequence = events.Length }],
    };

    // Each event twice, in envelopes of one, in any order.
    private static async Task DeliverAsync(MeteringReplica replica, UsageRecorded[] events)
    {
        var handled = replica.Handled.Of(typeof(UsageRecordedBatch));
        var places = Enumerable.Range(0, events.Length).Concat(Enumerable.Range(0, events.Length)).ToArray();
        new Random(7).Shuffle(places);
        foreach (var place in places)
            await replica.PublishAsync(Given.Batch(place + 1, events[place]));
        await Eventually.UntilAsync(
            () => replica.Handled.Of(typeof(UsageRecordedBatch)) >= handled + places.Length,
            MeteringReplica.Deadline, "every envelope is handled", Token);
        await replica.UntilQuietAsync();
    }

    private static async Task<RebuiltCounters> RebuildAsync(MeteringReplica replica)
    {
        await using var scope = replica.Services.CreateAsyncScope();
        var rebuilt = await scope.ServiceProvider.GetRequiredService<CountersRebuild>().RunAsync(Token);
        await replica.Get<LimitsShelf>().RefreshAsync(Token);
        return rebuilt;
    }
}
