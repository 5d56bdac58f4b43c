using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota.Tests;

public sealed class SettlementTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private readonly HoldLedger _ledger = redis.NewLedger();
    private readonly BudgetDefinition _budget = Given.Budget(1_000);
    private readonly Guid _request = Given.NewId();

    [Fact]
    public async Task The_first_settle_of_an_event_counts_and_every_repeat_of_it_does_not()
    {
        var admission = await HoldAsync(100);
        var usage = Given.Usage(_request, admission, 60);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _ledger.SettledAsync(usage)));

        Assert.Single(outcomes, outcome => outcome.Changed);
        await AssertLevelAsync(spent: 60, held: 0);
    }

    [Fact]
    public async Task The_actual_replaces_the_estimate_and_neither_comes_back()
    {
        var admission = await HoldAsync(100);
        var estimate = Given.Usage(_request, admission, 90, version: 1);
        var actual = Given.Usage(_request, admission, 25, version: 2);

        Assert.Equal(SettleOutcome.Settled, (await _ledger.SettledAsync(estimate)).Outcome);
        Assert.Equal(SettleOutcome.Replaced, (await _ledger.SettledAsync(actual)).Outcome);
        Assert.Equal(SettleOutcome.Repeated, (await _ledger.SettledAsync(estimate)).Outcome);
        Assert.Equal(SettleOutcome.Repeated, (await _ledger.SettledAsync(actual)).Outcome);
        await AssertLevelAsync(spent: 25, held: 0);
    }

    [Fact]
    public async Task Another_cost_under_the_same_version_is_told_apart_from_a_repeat_and_changes_nothing()
    {
        var admission = await HoldAsync(100);
        var first = Given.Usage(_request, admission, 25, version: 2);
        await _ledger.SettledAsync(first);

        Assert.Equal(SettleOutcome.Repeated, (await _ledger.SettledAsync(first)).Outcome);
        var other = Given.Usage(_request, admission, 26, version: 2);
        Assert.Equal(SettleOutcome.Conflicting, (await _ledger.SettledAsync(other)).Outcome);
        var older = Given.Usage(_request, admission, 90, version: 1);
        Assert.Equal(SettleOutcome.Repeated, (await _ledger.SettledAsync(older)).Outcome);
        await AssertLevelAsync(spent: 25, held: 0);
    }

    [Fact]
    public async Task What_is_spent_is_told_apart_by_estimates_and_corrections()
    {
        var budget = Given.Budget(10_000);
        var index = Given.Index(budget);
        var (first, second) = (Given.NewId(), Given.NewId());
        var dead = await _ledger.ReserveAsync(index, 500, first);
        var wrong = await _ledger.ReserveAsync(index, 500, second);
        await _ledger.SettledAsync(Given.Usage(first, dead, 400, version: 1));
        await _ledger.SettledAsync(Given.Usage(second, wrong, 300));
        await _ledger.SettledAsync(Given.Usage(second, wrong, 250, version: 3));
        Assert.Equal((650L, 400L, -50L), Parts(await _ledger.ReadAsync(budget)));

        await _ledger.SettledAsync(Given.Usage(first, dead, 350));
        Assert.Equal((600L, 0L, -50L), Parts(await _ledger.ReadAsync(budget)));

        static (long, long, long) Parts(BudgetLevel level) =>
            (level.Spent, level.Estimated, level.Corrected);
    }

    [Fact]
    public async Task The_actual_that_overtakes_its_estimate_stands()
    {
        var admission = await HoldAsync(100);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 25, version: 2));
        await _ledger.SettledAsync(Given.Usage(_request, admission, 90, version: 1));
        await AssertLevelAsync(spent: 25, held: 0);
    }

    [Fact]
    public async Task Two_attempts_settle_against_one_hold_and_the_last_frees_the_rest()
    {
        var admission = await HoldAsync(100);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 30, attempt: 1, ends: false));
        await AssertLevelAsync(spent: 30, held: 70);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 20, attempt: 2));
        await AssertLevelAsync(spent: 50, held: 0);
    }

    [Fact]
    public async Task The_last_attempt_may_be_settled_before_the_first()
    {
        var admission = await HoldAsync(100);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 20, attempt: 2));
        await _ledger.SettledAsync(Given.Usage(_request, admission, 30, attempt: 1, ends: false));
        await AssertLevelAsync(spent: 50, held: 0);
    }

    [Fact]
    public async Task What_cost_more_than_its_hold_is_charged_in_full_and_takes_no_more_than_the_hold()
    {
        var other = Given.NewId();
        await _ledger.ReserveAsync(Given.Index(_budget), 40, other);
        var admission = await HoldAsync(100);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 250, ends: false));
        await AssertLevelAsync(spent: 250, held: 40);
    }

    [Fact]
    public async Task Many_settled_in_one_call_stand_as_if_each_had_been_settled_alone()
    {
        var (alone, together) = (Given.Budget(1_000_000), Given.Budget(1_000_000));
        var aloneHistory = await HistoryAsync(alone);
        var togetherHistory = await HistoryAsync(together);
        var outcomesAlone = new List<SettleOutcome>();
        foreach (var usage in aloneHistory)
            outcomesAlone.Add((await _ledger.SettledAsync(usage)).Outcome);

        var outcomesTogether = new List<SettleOutcome>();
        SettleBatchResult? last = null;
        foreach (var batch in togetherHistory.Select(UsageSettlement.Of).Chunk(7))
        {
            last = await _ledger.SettleAsync(batch, withLevels: true, TestContext.Current.CancellationToken);
            outcomesTogether.AddRange(last.Outcomes);
        }

        Assert.Equal(outcomesAlone, outcomesTogether);
        Assert.Equal(3, outcomesAlone.Distinct().Count());
        var (levelAlone, levelTogether) = (await _ledger.ReadAsync(alone), await _ledger.ReadAsync(together));
        Assert.True(levelAlone.Spent > 0);
        Assert.Equal(levelAlone.Spent, levelTogether.Spent);
        Assert.Equal((0, 0), (levelAlone.Held, levelTogether.Held));
        Assert.Equal(levelTogether, Assert.Single(last!.Budgets));
    }

    [Fact]
    public async Task A_request_that_ends_without_usage_frees_all_it_held_once()
    {
        await HoldAsync(100);
        Assert.Equal(100, await _ledger.ReleasedAsync(_request));
        Assert.Equal(0, await _ledger.ReleasedAsync(_request));
        await AssertLevelAsync(spent: 0, held: 0);
    }

    [Fact]
    public async Task A_failed_attempt_settles_and_the_release_frees_only_the_rest()
    {
        var admission = await HoldAsync(100);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 30, ends: false));
        Assert.Equal(70, await _ledger.ReleasedAsync(_request));
        await AssertLevelAsync(spent: 30, held: 0);
    }

    [Fact]
    public async Task Usage_that_arrives_after_its_hold_expired_is_charged_all_the_same()
    {
        var admission = await HoldAsync(100);
        await redis.EndLeaseAsync(_request);
        var expired = await _ledger.ExpireDueAsync(100, TestContext.Current.CancellationToken);
        await AssertLevelAsync(spent: 0, held: 0);

        await _ledger.SettledAsync(Given.Usage(_request, admission, 90));

        Assert.Equal([new ExpiredHold(_request, 100)], expired);
        await AssertLevelAsync(spent: 90, held: 0);
    }

    [Fact]
    public async Task Usage_charges_the_period_it_was_admitted_in_whatever_the_time_is()
    {
        var admission = await HoldAsync(0);
        var usage = Given.Usage(_request, admission, 90) with
        {
            Budgets = [new HeldBudget { BudgetId = _budget.Id, Revision = 1, PeriodId = "m:2020-01" }],
        };

        var level = (await _ledger.SettledAsync(usage)).Budgets.Single();

        Assert.Equal(("m:2020-01", 90L, null), (level.PeriodId, level.Spent, level.Limit));
        await AssertLevelAsync(spent: 0, held: 0);
        var life = await redis.CommandAsync("PTTL", [$"b:{{q}}:{_budget.Id}:m:2020-01"]);
        Assert.InRange(life.AsInt64(), 1, (long)TimeSpan.FromDays(35).TotalMilliseconds);
    }

    [Fact]
    public async Task Usage_older_than_the_memory_of_settles_changes_nothing_but_frees_its_hold()
    {
        var admission = await HoldAsync(100);
        var usage = Given.Usage(_request, admission, 90) with { OccurredAt = admission.AdmittedAt.AddHours(-48) };
        var result = await _ledger.SettledAsync(usage);

        Assert.Equal((SettleOutcome.TooOld, false), (result.Outcome, result.Changed));
        await AssertLevelAsync(spent: 0, held: 0);
    }

    [Fact]
    public async Task A_correction_may_come_late_as_long_as_the_settle_is_remembered()
    {
        var admission = await HoldAsync(100);
        var usage = Given.Usage(_request, admission, 90);
        await _ledger.SettledAsync(usage);
        var correction = usage with
        {
            EventVersion = 3,
            CostNanoUsd = 10,
            OccurredAt = admission.AdmittedAt.AddHours(-48),
        };

        Assert.Equal(SettleOutcome.Replaced, (await _ledger.SettledAsync(correction)).Outcome);
        await AssertLevelAsync(spent: 10, held: 0);
    }

    [Fact]
    public async Task A_free_attempt_settles_like_any_other()
    {
        var admission = await HoldAsync(100);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 0, version: 1, ends: false));
        await AssertLevelAsync(spent: 0, held: 100);
        Assert.Equal(
            SettleOutcome.Replaced, (await _ledger.SettledAsync(Given.Usage(_request, admission, 5))).Outcome);
        await AssertLevelAsync(spent: 5, held: 0);
    }

    private Task<AdmissionDecision> HoldAsync(long nanoUsd) =>
        _ledger.ReserveAsync(Given.Index(_budget), nanoUsd, _request);

    private async Task AssertLevelAsync(long spent, long held)
    {
        var level = await _ledger.ReadAsync(_budget);
        Assert.Equal((spent, held), (level.Spent, level.Held));
    }

    // The same for every budget: estimates, actuals, second attempts and repeats of them, in one random order.
    private async Task<IReadOnlyList<UsageRecorded>> HistoryAsync(BudgetDefinition budget)
    {
        var history = new List<UsageRecorded>();
        for (var i = 0; i < 20; i++)
        {
            var request = Given.NewId();
            var admission = await _ledger.ReserveAsync(Given.Index(budget), 100, request);
            history.Add(Given.Usage(request, admission, 60 + i, attempt: 1, version: 1, ends: false));
            history.Add(Given.Usage(request, admission, 30 + i, attempt: 1, ends: false));
            history.Add(Given.Usage(request, admission, 5, attempt: 2));
            history.Add(history[^1]);
        }

        var order = history.ToArray();
        new Random(42).Shuffle(order);
        return order;
    }
}
