namespace LlmPlatform.Quota.Tests;

public sealed class BudgetAdmissionTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private readonly HoldLedger _ledger = redis.NewLedger();

    [Fact]
    public async Task Thirty_two_callers_racing_never_pass_the_limit_and_what_was_settled_is_what_is_spent()
    {
        const long Limit = 1_000_000_000;
        const long Estimate = 5_000_000;
        var budget = Given.Budget(Limit);
        var index = Given.Index(budget);
        long settled = 0;
        var refused = 0;

        await Parallel.ForAsync(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (caller, _) =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 40; i++)
            {
                var id = Given.NewId();
                var admission = await _ledger.ReserveAsync(index, Estimate, id);
                if (admission.Outcome != AdmissionOutcome.Admitted)
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                var cost = random.NextInt64(Estimate + 1);
                var usage = Given.Usage(id, admission, cost);
                var first = await _ledger.SettledAsync(usage);
                var again = await _ledger.SettledAsync(usage);
                Assert.InRange(first.Budgets[0].Spent + first.Budgets[0].Held, 0, Limit);
                Assert.Equal((SettleOutcome.Settled, SettleOutcome.Repeated), (first.Outcome, again.Outcome));
                Interlocked.Add(ref settled, cost);
            }
        });

        var level = await _ledger.ReadAsync(budget);
        Assert.Equal((settled, 0L), (level.Spent, level.Held));
        Assert.InRange(level.Spent, (long)(Limit * 0.9), Limit);
        Assert.True(refused > 0, "the race never met the limit");
    }

    [Fact]
    public async Task A_budget_of_a_dollar_admits_exactly_twenty_calls_of_five_cents()
    {
        var budget = Given.Budget(1_000_000_000);
        var index = Given.Index(budget);
        var decisions = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => _ledger.ReserveAsync(index, 50_000_000)));

        Assert.Equal(20, decisions.Count(decision => decision.Outcome == AdmissionOutcome.Admitted));
        Assert.Equal(1_000_000_000, (await _ledger.ReadAsync(budget)).Held);
    }

    [Fact]
    public async Task A_refusal_names_the_budget_what_stands_in_the_way_and_when_it_resets()
    {
        var budget = Given.Budget(100);
        var index = Given.Index(budget);
        var id = Given.NewId();
        var admission = await _ledger.ReserveAsync(index, 80, id);

        var heldOnly = (await _ledger.ReserveAsync(index, 30)).Budget!;
        await _ledger.SettledAsync(Given.Usage(id, admission, 75));
        var exhausted = (await _ledger.ReserveAsync(index, 30)).Budget!;

        Assert.Equal(
            (0, 80, 100, true),
            (heldOnly.Spent, heldOnly.Held, heldOnly.Limit, heldOnly.HeldOnly));
        Assert.Equal((75, 0, false), (exhausted.Spent, exhausted.Held, exhausted.HeldOnly));
        Assert.Equal(
            (budget.Id, budget.Name, budget.Scope), (exhausted.BudgetId, exhausted.BudgetName, exhausted.Scope));
        Assert.Equal(budget.Calendar().At(admission.AdmittedAt).EndsAt, exhausted.ResetsAt);
    }

    [Fact]
    public async Task One_budget_that_cannot_hold_a_call_keeps_all_others_and_every_count_as_they_were()
    {
        var wide = Given.Budget(1_000, "global");
        var narrow = Given.Budget(10);
        var limit = new RateLimitDefinition { Id = Given.NewId().ToString(), Scope = "global", RequestsPerDay = 100 };
        var index = new LimitsIndex(
            new LimitsSnapshot { Version = 1, Budgets = [wide, narrow], RateLimits = [limit] });

        var refused = await _ledger.ReserveAsync(index, 11);
        var admitted = await _ledger.ReserveAsync(index, 10);

        Assert.Equal(narrow.Id, refused.Budget!.BudgetId);
        Assert.Equal([wide.Id, narrow.Id], admitted.HeldBudgets.Select(held => held.BudgetId));
        Assert.Equal(10, (await _ledger.ReadAsync(wide)).Held);
        Assert.Equal(99, admitted.Requests!.Remaining);
    }

    [Fact]
    public async Task An_exhausted_budget_is_named_before_one_that_is_only_held()
    {
        var held = Given.Budget(100, "global");
        var spent = Given.Budget(100);
        var id = Given.NewId();
        var admission = await _ledger.ReserveAsync(Given.Index(spent), 100, id);
        await _ledger.SettledAsync(Given.Usage(id, admission, 100));
        await _ledger.ReserveAsync(Given.Index(held), 100);

        var refusal = (await _ledger.ReserveAsync(Given.Index(held, spent), 1)).Budget!;

        Assert.Equal((spent.Id, false), (refusal.BudgetId, refusal.HeldOnly));
    }

    [Fact]
    public async Task A_budget_that_only_tracks_refuses_nothing_and_counts_all()
    {
        var budget = Given.Budget(10) with { Enforce = false };
        var index = Given.Index(budget);
        var id = Given.NewId();
        var admission = await _ledger.ReserveAsync(index, 500, id);

        Assert.Equal(500, (await _ledger.ReadAsync(budget)).Held);
        var settled = await _ledger.SettledAsync(Given.Usage(id, admission, 400));
        Assert.Equal((400, 10L), (settled.Budgets[0].Spent, settled.Budgets[0].Limit));
        Assert.Equal(AdmissionOutcome.Admitted, (await _ledger.ReserveAsync(index, 500)).Outcome);
    }

    [Theory]
    [InlineData(100, 50)]
    [InlineData(50, 100)]
    public async Task Of_two_edges_the_one_with_the_newer_revision_sets_the_limit(long olderLimit, long newerLimit)
    {
        var older = Given.Budget(olderLimit);
        var newer = older with { LimitNanoUsd = newerLimit, Revision = 2 };
        await _ledger.ReserveAsync(Given.Index(older), 10);
        await _ledger.ReserveAsync(Given.Index(newer), 10);

        var fits = await _ledger.ReserveAsync(Given.Index(older), newerLimit - 20);
        var tooMuch = await _ledger.ReserveAsync(Given.Index(older), 1);

        Assert.Equal(AdmissionOutcome.Admitted, fits.Outcome);
        Assert.Equal(newerLimit, tooMuch.Budget!.Limit);
        var level = await _ledger.ReadAsync(older);
        Assert.Equal((newerLimit, 2L), (level.Limit, level.Revision));
    }

    [Fact]
    public async Task A_lowered_limit_binds_edges_that_do_not_know_it_even_when_it_arrives_with_a_refusal()
    {
        var older = Given.Budget(100);
        var newer = older with { LimitNanoUsd = 5, Revision = 2 };

        Assert.Equal(AdmissionOutcome.BudgetExceeded, (await _ledger.ReserveAsync(Given.Index(newer), 6)).Outcome);
        Assert.Equal(AdmissionOutcome.BudgetExceeded, (await _ledger.ReserveAsync(Given.Index(older), 6)).Outcome);
        Assert.Equal(0, (await _ledger.ReadAsync(older)).Held);
    }

    [Fact]
    public async Task Amounts_beyond_what_a_lua_number_holds_are_counted_and_compared_exactly()
    {
        const long Spent = (1L << 53) * 100;
        var budget = Given.Budget(Spent + 3);
        var index = Given.Index(budget);
        var first = await _ledger.ReserveAsync(index, 1);
        await redis.CommandAsync(
            "HSET", [$"b:{{q}}:{budget.Id}:{first.HeldBudgets[0].PeriodId}", "spent", $"{Spent}"]);

        var fits = await _ledger.ReserveAsync(index, 2);
        var tooMuch = await _ledger.ReserveAsync(index, 1);

        Assert.Equal(AdmissionOutcome.Admitted, fits.Outcome);
        Assert.Equal((Spent, Spent + 3, 3), (
            tooMuch.Budget!.Spent, tooMuch.Budget.Limit, tooMuch.Budget.Held));
        var late = Given.NewId();
        var settled = await _ledger.SettledAsync(Given.Usage(late, fits, 7));
        Assert.Equal(Spent + 7, settled.Budgets[0].Spent);
    }

    [Fact]
    public async Task A_counter_outlives_its_period_by_35_days()
    {
        var budget = Given.Budget(100);
        var admission = await _ledger.ReserveAsync(Given.Index(budget), 1);
        var period = budget.Calendar().At(admission.AdmittedAt);
        var expiry = await redis.CommandAsync("PEXPIRETIME", [$"b:{{q}}:{budget.Id}:{period.Id}"]);

        Assert.Equal(period.EndsAt.AddDays(35).ToUnixTimeMilliseconds(), expiry.AsInt64());
    }

    [Fact]
    public async Task An_estimate_below_zero_or_beyond_nine_million_dollars_is_a_bug_of_the_caller()
    {
        var index = Given.Index(Given.Budget(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _ledger.ReserveAsync(index, -1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _ledger.ReserveAsync(index, 1L << 53));
    }
}
