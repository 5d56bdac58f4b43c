using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.TestKit;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Tests.Budgets;

public sealed class BudgetPeriodSweepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crossing_whose_message_was_lost_is_found_in_the_counter()
    {
        var budget = Given.Budget();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(
            stores, Given.File(budget), ("Metering:Budgets:SweepInterval", "00:00:00.200"));

        // The edge settles and dies before the bus has heard of it.
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, 950_000_000, now, MeteringReplica.Held(budget)), Token);

        await Eventually.UntilAsync(
            () => replica.Crossings.Of(Given.IdOf(budget)).Count == 2, MeteringReplica.Deadline, "two alerts", Token);
        await replica.UntilStateAsync(Given.IdOf(budget), MeteringReplica.CurrentPeriod(budget).Id, "Warned");
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000], replica.Crossings.Of(Given.IdOf(budget)));
    }

    [Fact]
    public async Task A_lowered_limit_is_noticed_without_any_usage()
    {
        var budget = Given.Budget(limitUsd: 10);
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(
            stores, Given.File(budget), ("Metering:Budgets:SweepInterval", "00:00:00.200"));
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, 950_000_000, now, MeteringReplica.Held(budget)), Token);
        await replica.SweepAsync();
        Assert.Empty(replica.Crossings.Of(Given.IdOf(budget)));

        await replica.ApplyAsync(Given.File(Given.Budget(limitUsd: 1)));

        await Eventually.UntilAsync(
            () => replica.Crossings.Of(Given.IdOf(budget)).Count == 2, MeteringReplica.Deadline, "two alerts", Token);
    }

    [Fact]
    public async Task Late_usage_of_a_period_that_has_ended_is_found_in_the_counter()
    {
        var budget = Given.Budget(period: "1s");
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(
            stores,
            Given.File(budget),
            ("Metering:Budgets:SweepInterval", "00:00:00.100"),
            ("Metering:Budgets:LateSweepInterval", "00:00:00.200"));

        // A machine that stands still for a second opens no period for it: any that there was will do.
        var period = await Eventually.UntilAsync(
            () => replica.QueryAsync(database => database.Periods.AsNoTracking()
                .FirstOrDefaultAsync(period => period.EndedAt != null, Token)),
            period => period is not null, MeteringReplica.Deadline, "a period has ended", Token);
        var held = MeteringReplica.Held(budget, period!.StartsAt);

        await replica.Holds.SettleAsync(Given.Usage(1, Given.Usd, period.StartsAt, held), Token);

        await Eventually.UntilAsync(
            () => replica.Crossings.Of(held.BudgetId).Count == 3, MeteringReplica.Deadline, "three alerts", Token);
        Assert.All(replica.Crossings.All, crossing => Assert.Equal(held.PeriodId, crossing.PeriodId));
        Assert.Equal("Closed", (await replica.StateAsync(held.BudgetId, held.PeriodId))!.CurrentState);
    }

    [Fact]
    public async Task A_day_with_a_change_of_clocks_ends_at_its_own_midnight()
    {
        // Paris, 25 October 2026: 25 hours, from 22:00 UTC to 23:00 UTC.
        var before = new DateTimeOffset(2026, 10, 24, 21, 59, 59, TimeSpan.Zero);
        var clock = new ManualTimeProvider(before);
        var budget = Given.Budget(period: "daily", timeZone: "Europe/Paris");
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget), clock);

        await replica.SweepAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await replica.SweepAsync();
        clock.Advance(TimeSpan.FromHours(25) - TimeSpan.FromMilliseconds(1));
        await replica.SweepAsync();
        Assert.Equal(
            [("d:2026-10-24", true), ("d:2026-10-25", false)],
            (await PeriodsAsync(replica)).ConvertAll(period => (period.PeriodId, period.EndedAt is not null)));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await replica.SweepAsync();
        await replica.SweepAsync();

        var periods = await PeriodsAsync(replica);
        Assert.Equal(["d:2026-10-24", "d:2026-10-25", "d:2026-10-26"], periods.ConvertAll(period => period.PeriodId));
        Assert.Equal(before.AddSeconds(1), periods[1].StartsAt);
        Assert.Equal(before.AddSeconds(1).AddHours(25), periods[1].EndsAt);
        Assert.Equal([true, true, false], periods.ConvertAll(period => period.EndedAt is not null));
        Assert.Equal(3, await PublishedAsync<BudgetPeriodOpened>(replica));
        Assert.Equal(2, await PublishedAsync<BudgetPeriodEnded>(replica));
    }

    [Fact]
    public async Task Periods_of_two_seconds_follow_each_other_without_a_gap()
    {
        var clock = new ManualTimeProvider();
        var budget = Given.Budget(period: "2s");
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget), clock);

        for (var i = 0; i < 10; i++)
        {
            await replica.SweepAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var periods = await PeriodsAsync(replica);
        Assert.Equal(5, periods.Count);
        Assert.All(periods.Zip(periods.Skip(1)), pair => Assert.Equal(pair.First.EndsAt, pair.Second.StartsAt));
        Assert.Equal(4, periods.Count(period => period.EndedAt is not null));
    }

    [Fact]
    public async Task Two_replicas_that_sweep_at_once_open_a_period_once()
    {
        var budgets = Enumerable.Range(1, 5).Select(number => Given.Budget($"budget-{number}")).ToArray();
        await using var stores = await MeteringStores.CreateAsync();
        await using var first = await MeteringReplica.CreateAsync(stores, Given.File(budgets));
        await using var second = await MeteringReplica.CreateAsync(stores, Given.File(budgets));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(turn => (turn % 2 == 0 ? first : second).SweepAsync()));

        Assert.Equal(5, await PublishedAsync<BudgetPeriodOpened>(first));
    }

    [Fact]
    public async Task A_new_time_zone_moves_the_end_of_the_current_period()
    {
        // 15:30 UTC on 30 November: December in Tokyo has begun, at UTC it has not.
        var clock = new ManualTimeProvider(new DateTimeOffset(2026, 11, 30, 15, 30, 0, TimeSpan.Zero));
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(
            stores, Given.File(Given.Budget(timeZone: "America/New_York")), clock);
        await replica.SweepAsync();

        await replica.ApplyAsync(Given.File(Given.Budget(timeZone: "UTC")));
        await replica.SweepAsync();

        var period = Assert.Single(await PeriodsAsync(replica));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), period.EndsAt);
        Assert.Equal(2, await PublishedAsync<BudgetPeriodOpened>(replica));
    }

    [Fact]
    public async Task Spending_beyond_the_limit_is_measured()
    {
        var budget = Given.Budget($"measured-{Guid.NewGuid():N}", limitUsd: 2);
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget));
        var measured = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, subscriber) =>
        {
            if (instrument.Meter.Name == MeteringTelemetry.MeterName)
                subscriber.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (tags.Length == 1 && tags[0].Value as string == budget.Name)
                measured[instrument.Name] = value;
        });
        listener.Start();
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, 3 * Given.Usd, now, MeteringReplica.Held(budget)), Token);

        await replica.SweepAsync();
        listener.RecordObservableInstruments();

        Assert.Equal((1.5, 1.0), (measured["budget_spent_ratio"], measured["budget_overspend_usd"]));
    }

    [Fact]
    public async Task Periods_move_on_while_Redis_is_away()
    {
        var clock = new ManualTimeProvider();
        var budget = Given.Budget(period: "2s");
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget), clock);
        await replica.SweepAsync();
        await stores.KillRedisAsync();

        clock.Advance(TimeSpan.FromSeconds(2));
        await replica.SweepAsync();

        Assert.Equal([true, false], (await PeriodsAsync(replica)).ConvertAll(period => period.EndedAt is not null));
    }

    private static Task<List<OpenedPeriod>> PeriodsAsync(MeteringReplica replica) =>
        replica.QueryAsync(database => database.Periods.AsNoTracking()
            .OrderBy(period => period.StartsAt).ToListAsync(Token));

    private static Task<int> PublishedAsync<T>(MeteringReplica replica) => replica.WaitingAsync(typeof(T).Name);
}
