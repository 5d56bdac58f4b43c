using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Money;

namespace LlmPlatform.Metering.Tests.Budgets;

public sealed class BudgetPeriodStateMachineTests
{
    // The sweep reads Redis, which knows nothing of the levels told here: it makes its first turn and no other.
    private static readonly (string, string)[] WithoutSweep =
    [
        ("Metering:Budgets:SweepInterval", "00:01:00"),
        ("Metering:Budgets:LateSweepInterval", "00:10:00"),
    ];

    private static readonly Hosting.Configuration.BudgetConfiguration Budget = Given.Budget();

    private readonly string _budgetId = Given.IdOf(Budget);
    private readonly string _periodId = MeteringReplica.CurrentPeriod(Budget).Id;
    // Redis tells milliseconds.
    private readonly DateTimeOffset _now =
        DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    [Fact]
    public async Task A_jump_over_several_thresholds_announces_each_of_them()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);

        await replica.PublishAsync(Level(spentUsd: 0.70m));
        await replica.PublishAsync(Level(spentUsd: 1.05m, seconds: 1));

        await replica.UntilStateAsync(_budgetId, _periodId, "Exhausted");
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000, 10_000], replica.Crossings.Of(_budgetId));
        var last = replica.Crossings.All.Single(crossing => crossing is { ThresholdBasisPoints: 10_000 });
        var period = MeteringReplica.CurrentPeriod(Budget);
        Assert.Equal(
            ("acme-month", "tenant:acme", true, 1_050_000_000L, Given.Usd, period.StartsAt, period.EndsAt),
            (last.BudgetName, last.Scope, last.Enforced, last.SpentNanoUsd, last.LimitNanoUsd, last.PeriodStartsAt,
                last.PeriodEndsAt));
        Assert.Equal(["ops-slack"], last.Channels);
        Assert.Contains(
            EventIdentity.Named($"threshold:{_budgetId}:{_periodId}:10000"), replica.Crossings.MessageIds);
    }

    [Fact]
    public async Task Fifty_duplicates_at_once_announce_each_threshold_once()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => replica.PublishAsync(Level(spentUsd: 0.92m))));

        await replica.UntilHandledAsync(50);
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000], replica.Crossings.Of(_budgetId));
        Assert.Equal("Warned", (await replica.StateAsync(_budgetId, _periodId))!.CurrentState);
        Assert.Equal(0, replica.Handled.Faults);
    }

    [Fact]
    public async Task Shuffled_and_repeated_messages_announce_the_same_as_ordered_ones()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);
        object[] life =
        [
            Opened(), Level(0.1m, 1), Level(0.8m, 2), Level(0.85m, 3), Level(0.9m, 4), Level(1.0m, 5), Ended(),
        ];
        object[] told = [.. life, .. life];
        new Random(4711).Shuffle(told);

        foreach (var message in told)
            await replica.PublishAsync(message);

        await replica.UntilHandledAsync(told.Length);
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000, 10_000], replica.Crossings.Of(_budgetId));
        var state = (await replica.StateAsync(_budgetId, _periodId))!;
        Assert.Equal(("Closed", Given.Usd), (state.CurrentState, state.Spent));
    }

    [Fact]
    public async Task Usage_heard_of_before_the_opening_makes_the_period()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(Budget));
        await using var running = await MeteringReplica.StartAsync(stores, new(), WithoutSweep);
        await replica.ApplyAsync(Given.File(Budget));

        await running.PublishAsync(Level(spentUsd: 0.8m));
        await running.UntilStateAsync(_budgetId, _periodId, "Warned");
        await running.PublishAsync(Opened());
        await running.PublishAsync(Opened());

        await running.UntilHandledAsync(3);
        await running.UntilQuietAsync();
        Assert.Equal([8_000], running.Crossings.Of(_budgetId));
        Assert.Equal("Warned", (await running.StateAsync(_budgetId, _periodId))!.CurrentState);
    }

    [Fact]
    public async Task Usage_that_comes_after_the_end_still_raises_its_alert()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);
        await replica.PublishAsync(Level(spentUsd: 0.85m));
        await replica.UntilStateAsync(_budgetId, _periodId, "Warned");
        await replica.PublishAsync(Ended());
        await replica.UntilStateAsync(_budgetId, _periodId, "Closed");
        var handled = replica.Handled.Of(typeof(BudgetUsageAdvanced));

        await replica.PublishAsync(Level(spentUsd: 1.2m, seconds: 9));

        await TestKit.Eventually.UntilAsync(
            () => replica.Handled.Of(typeof(BudgetUsageAdvanced)) > handled, MeteringReplica.Deadline,
            "the late level is handled", TestContext.Current.CancellationToken);
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000, 10_000], replica.Crossings.Of(_budgetId));
        Assert.Equal("Closed", (await replica.StateAsync(_budgetId, _periodId))!.CurrentState);
    }

    [Fact]
    public async Task A_period_that_a_new_time_zone_prolongs_goes_on()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);
        await replica.PublishAsync(Ended());
        await replica.UntilStateAsync(_budgetId, _periodId, "Closed");

        // The beginning as it was announced first comes late, then that of the period as it is cut now.
        await replica.PublishAsync(Opened());
        await replica.UntilHandledAsync(2);
        Assert.Equal("Closed", (await replica.StateAsync(_budgetId, _periodId))!.CurrentState);
        await replica.PublishAsync(Opened() with { EndsAt = Ended().EndedAt.AddHours(8) });

        await replica.UntilStateAsync(_budgetId, _periodId, "Open");
    }

    [Fact]
    public async Task A_refusal_exhausts_the_budget_below_its_limit()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);

        await replica.PublishAsync(Level(spentUsd: 0.97m) with { Refused = true });
        await replica.PublishAsync(Level(spentUsd: 0.97m, seconds: 1));

        await replica.UntilHandledAsync(2);
        await replica.UntilStateAsync(_budgetId, _periodId, "Exhausted");
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000, 10_000], replica.Crossings.Of(_budgetId));
    }

    [Fact]
    public async Task A_raised_limit_arms_the_thresholds_it_leaves_well_behind_and_no_level_of_before_repeats_an_alert()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);
        await replica.PublishAsync(Level(spentUsd: 1.0m) with { Refused = true });
        await replica.UntilStateAsync(_budgetId, _periodId, "Exhausted");

        await replica.ApplyAsync(Given.File(Given.Budget(limitUsd: 10)));

        // A level that was read, and a refusal that was made, before the change.
        await replica.PublishAsync(Level(spentUsd: 1.0m, seconds: 2) with { Refused = true });
        await replica.UntilStateAsync(_budgetId, _periodId, "Open");
        await replica.PublishAsync(Level(spentUsd: 8.5m, seconds: 3) with { Revision = 2 });
        await replica.UntilStateAsync(_budgetId, _periodId, "Warned");

        // What was read before spending rose again, repeats, and a swing that stays within the margin.
        await replica.PublishAsync(Level(spentUsd: 9.9m, seconds: 1) with { Revision = 2 });
        await replica.PublishAsync(Level(spentUsd: 8.5m, seconds: 3) with { Revision = 2 });
        await replica.PublishAsync(Level(spentUsd: 7.6m, seconds: 4) with { Revision = 2 });
        await replica.PublishAsync(Level(spentUsd: 8.1m, seconds: 5) with { Revision = 2 });
        await replica.UntilHandledAsync(7);
        await replica.UntilQuietAsync();

        Assert.Equal([8_000, 8_000, 9_000, 10_000], replica.Crossings.Of(_budgetId));
        Assert.Equal(
            [0, 1],
            replica.Crossings.All.Where(crossing => crossing.ThresholdBasisPoints == 8_000)
                .Select(crossing => crossing.Episode));
    }

    [Fact]
    public async Task Levels_of_one_instant_in_either_order_are_no_fall_of_spending()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);
        await replica.PublishAsync(Level(spentUsd: 0.95m));
        await replica.UntilStateAsync(_budgetId, _periodId, "Warned");

        await replica.PublishAsync(Level(spentUsd: 0.4m));
        await replica.UntilHandledAsync(2);
        await replica.PublishAsync(Level(spentUsd: 0.96m, seconds: 1));
        await replica.UntilHandledAsync(3);
        await replica.UntilQuietAsync();

        Assert.Equal([8_000, 9_000], replica.Crossings.Of(_budgetId));
    }

    [Fact]
    public async Task A_deleted_budget_raises_no_alert()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), WithoutSweep);
        await replica.ApplyAsync(Given.File());
        var handled = replica.Handled.Of(typeof(BudgetUsageAdvanced));

        await replica.PublishAsync(Level(spentUsd: 2));

        await TestKit.Eventually.UntilAsync(
            () => replica.Handled.Of(typeof(BudgetUsageAdvanced)) > handled, MeteringReplica.Deadline,
            "the level is handled", TestContext.Current.CancellationToken);
        await replica.UntilQuietAsync();
        Assert.Empty(replica.Crossings.Of(_budgetId));
    }

    private BudgetUsageAdvanced Level(decimal spentUsd, int seconds = 0) => new()
    {
        BudgetId = _budgetId,
        PeriodId = _periodId,
        Revision = 1,
        SpentNanoUsd = NanoUsd.FromUsd(spentUsd),
        LimitNanoUsd = Given.Usd,
        ObservedAt = _now.AddSeconds(seconds),
    };

    private BudgetPeriodOpened Opened()
    {
        var period = MeteringReplica.CurrentPeriod(Budget);
        return new BudgetPeriodOpened
        {
            BudgetId = _budgetId,
            PeriodId = _periodId,
            Revision = 1,
            StartsAt = period.StartsAt,
            EndsAt = period.EndsAt,
        };
    }

    private BudgetPeriodEnded Ended() => new()
    {
        BudgetId = _budgetId,
        PeriodId = _periodId,
        EndedAt = MeteringReplica.CurrentPeriod(Budget).EndsAt,
    };
}
