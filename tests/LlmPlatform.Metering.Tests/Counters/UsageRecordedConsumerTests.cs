using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Money.Spending;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Metering.Tests.Counters;

public sealed class UsageRecordedConsumerTests
{
    private static readonly (string, string) QuickSweep = ("Metering:Budgets:SweepInterval", "00:00:00.500");

    private static readonly BudgetConfiguration Budget = Given.Budget();

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_that_come_twice_and_shuffled_count_and_alert_once()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);

        // 100 events of a cent: a dollar. The second delivery is cut at other places than the first.
        UsageRecorded[] events =
        [
            .. Enumerable.Range(1, 100).Select(number =>
                Given.Usage(number, Given.Usd / 100, _now, MeteringReplica.Held(Budget))),
        ];
        UsageRecordedBatch[] batches = [.. Cut(events, 10), .. Cut(events, 7)];
        new Random(17).Shuffle(batches);
        foreach (var batch in batches)
            await replica.PublishAsync(batch);

        await UntilHandledAsync(replica, batches.Length);
        var held = MeteringReplica.Held(Budget);
        Assert.Equal(Given.Usd, (await replica.Holds.ReadAsync(held.BudgetId, held.PeriodId, Token)).Spent);
        await replica.UntilStateAsync(held.BudgetId, held.PeriodId, "Exhausted");
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000, 10_000], replica.Crossings.Of(held.BudgetId));
        var (_, live) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/usage/live");
        Assert.Equal((100, 1_000, 2_000, 1m), LiveDay(live));
    }

    [Fact]
    public async Task Another_amount_under_the_same_version_is_kept_aside_with_the_reason_and_counts_nowhere()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);
        var held = MeteringReplica.Held(Budget);
        var first = Given.Usage(1, 100, _now, held);
        var other = first with { CostNanoUsd = 101 };
        await replica.PublishAsync(Given.Batch(1, first));
        await UntilHandledAsync(replica, 1);
        await replica.PublishAsync(Given.Batch(2, Given.Usage(2, 10, _now, held), other));
        await replica.PublishAsync(Given.Batch(2, Given.Usage(2, 10, _now, held), other));
        await UntilHandledAsync(replica, 3);

        Assert.Equal(110, (await replica.Holds.ReadAsync(held.BudgetId, held.PeriodId, Token)).Spent);
        var (_, conflicts) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/usage/live/conflicts");
        var kept = Assert.Single(conflicts.GetProperty("items").EnumerateArray());
        Assert.Equal((3, 101), (kept.GetProperty("sequence").GetInt64(), kept.GetProperty("cost_nano_usd").GetInt64()));
        Assert.Contains("another amount", kept.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_share_the_queue_alert_once()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var first = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);
        await using var second = await MeteringReplica.StartAsync(stores, new PlatformConfiguration(), QuickSweep);
        await first.ApplyAsync(Given.File(Budget));
        await second.ApplyAsync(Given.File(Budget));

        UsageRecorded[] events =
        [
            .. Enumerable.Range(1, 60).Select(number =>
                Given.Usage(number, Given.Usd / 50, _now, MeteringReplica.Held(Budget))),
        ];
        UsageRecordedBatch[] batches = [.. Cut(events, 3), .. Cut(events, 4)];
        await Task.WhenAll(batches.Select(batch => first.PublishAsync(batch)));

        await Eventually.UntilAsync(
            () => Batches(first) + Batches(second) == batches.Length,
            MeteringReplica.Deadline, "all are handled", Token);
        var held = MeteringReplica.Held(Budget);
        await first.UntilStateAsync(held.BudgetId, held.PeriodId, "Exhausted");
        var heard = await Eventually.UntilAsync(
            () => Task.FromResult(first.Crossings.Of(held.BudgetId).Concat(second.Crossings.Of(held.BudgetId)).Order()),
            thresholds => thresholds.Count() >= 3, MeteringReplica.Deadline, "three alerts", Token);
        Assert.Equal([8_000, 9_000, 10_000], heard);
    }

    [Fact]
    public async Task Usage_waits_while_Redis_is_away()
    {
        // This Redis comes back empty: what was spent before is asked of billing.
        await using var billing = await LoopbackServer.StartAsync(
            http => http.Response.WriteAsJsonAsync(new BudgetSpending(), SnapshotFeeds.Json));
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(
            stores,
            Given.File(Budget),
            billing.Address,
            QuickSweep,
            ("Metering:Counters:RedisRetryInterval", "00:00:00.100"));
        await stores.KillRedisAsync();

        await replica.PublishAsync(Given.Batch(
            1, Given.Usage(1, 850_000_000, TimeProvider.System.GetUtcNow(), MeteringReplica.Held(Budget))));

        // More than the 20 quick attempts that every message has in these tests.
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        Assert.Equal(0, replica.Handled.Faults);
        await stores.RestartRedisAsync();

        var held = MeteringReplica.Held(Budget);
        await replica.UntilStateAsync(held.BudgetId, held.PeriodId, "Warned");
        Assert.Equal(850_000_000, (await replica.Holds.ReadAsync(held.BudgetId, held.PeriodId, Token)).Spent);
    }

    [Fact]
    public async Task An_actual_amount_replaces_the_estimate_of_the_same_event()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);
        var actual = Given.Usage(1, 200_000_000, _now, MeteringReplica.Held(Budget));
        var estimate = actual with
        {
            EventVersion = 1,
            CostNanoUsd = 700_000_000,
            UsageSource = UsageSources.RecoveredEstimate,
        };

        await replica.PublishAsync(Given.Batch(2, actual));
        await replica.PublishAsync(Given.Batch(1, estimate));
        await replica.PublishAsync(Given.Batch(1, estimate, actual));

        await UntilHandledAsync(replica, 3);
        var held = MeteringReplica.Held(Budget);
        Assert.Equal(200_000_000, (await replica.Holds.ReadAsync(held.BudgetId, held.PeriodId, Token)).Spent);
    }

    [Fact]
    public async Task Usage_of_an_unknown_budget_is_settled_and_announced_to_nobody()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(), QuickSweep);
        var held = new HeldBudget { BudgetId = "bud_unknown", Revision = 1, PeriodId = "m:2026-11" };

        await replica.PublishAsync(Given.Batch(1, Given.Usage(1, Given.Usd, _now, held)));

        await UntilHandledAsync(replica, 1);
        Assert.Equal(Given.Usd, (await replica.Holds.ReadAsync(held.BudgetId, held.PeriodId, Token)).Spent);
        Assert.Equal(0, await replica.WaitingAsync("BudgetUsageAdvanced"));
    }

    private static IEnumerable<UsageRecordedBatch> Cut(UsageRecorded[] events, int size) =>
        events.Chunk(size).Select((chunk, index) => Given.Batch(1 + (index * size), chunk));

    private static int Batches(MeteringReplica replica) => replica.Handled.Of(typeof(UsageRecordedBatch));

    private static Task<int> UntilHandledAsync(MeteringReplica replica, int batches) => Eventually.UntilAsync(
        () => Task.FromResult(Batches(replica)),
        handled => handled == batches, MeteringReplica.Deadline, $"{batches} batches are handled", Token);

    private static (int, int, int, decimal) LiveDay(JsonElement live)
    {
        var day = live.GetProperty("windows").EnumerateArray()
            .Single(window => window.GetProperty("name").GetString() == "day");
        var row = Assert.Single(day.GetProperty("rows").EnumerateArray());
        Assert.Equal("acme", row.GetProperty("tenant").GetString());
        return (
            row.GetProperty("requests").GetInt32(),
            row.GetProperty("input_tokens").GetInt32(),
            row.GetProperty("output_tokens").GetInt32(),
            row.GetProperty("cost_usd").GetDecimal());
    }
}
