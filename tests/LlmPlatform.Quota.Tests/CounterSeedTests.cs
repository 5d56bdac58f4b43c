using LlmPlatform.Money;

namespace LlmPlatform.Quota.Tests;

/// <summary>
/// An emptied Redis: nothing is admitted or counted until its counters are made anew, and nothing twice.
/// </summary>
public sealed class CounterSeedTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private static readonly Guid _edge = Given.NewId();

    private readonly CounterSeeds _seeds = new(redis.Client, QuotaRedis.Patient);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_emptied_store_admits_and_settles_nothing_until_it_is_seeded_with_what_was_spent()
    {
        var ledger = redis.NewLedger();
        await _seeds.WriteAsync(new CounterSeed(), 1, Token);
        ledger.RequireGeneration(1);
        var budget = Given.Budget(1_000);
        var index = Given.Index(budget);
        var (covered, above, unknown) = (Given.NewId(), Given.NewId(), Given.NewId());
        var admissions = new Dictionary<Guid, AdmissionDecision>();
        foreach (var request in new[] { covered, above, unknown })
            admissions[request] = await ledger.ReserveAsync(index, 100, request);
        var usages = admissions.ToDictionary(pair => pair.Key, pair => Given.Usage(pair.Key, pair.Value, 90));
        await ledger.SettleAsync(usages[covered], At(7), Token);

        await redis.CommandAsync("FLUSHALL");
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => ledger.ReserveAsync(index, 100));
        await Assert.ThrowsAsync<QuotaUnavailableException>(
            () => ledger.SettleAsync(usages[unknown], At(10), Token).AsTask());
        Assert.Equal(0, await _seeds.ReadGenerationAsync(Token));

        // Billing has the first, and of the later ones that of sequence 9.
        var seed = new CounterSeed
        {
            Periods = [new SeededPeriod(budget.Id, admissions[covered].HeldBudgets[0].PeriodId, 180)],
            Through = [At(7)],
            Events = [new SeededEvent(EventIdentity.Usage(above, 1, 0), 2, 90)],
        };
        await _seeds.WriteAsync(seed, 2, Token);
        await _seeds.WriteAsync(seed, 2, Token);
        ledger.RequireGeneration(2);

        // The edge settles all of it again.
        Assert.Equal(SettleOutcome.Repeated, (await ledger.SettleAsync(usages[covered], At(7), Token)).Outcome);
        Assert.Equal(SettleOutcome.Repeated, (await ledger.SettleAsync(usages[above], At(9), Token)).Outcome);
        Assert.Equal(SettleOutcome.Settled, (await ledger.SettleAsync(usages[unknown], At(10), Token)).Outcome);
        Assert.Equal((270L, 0L), await LevelAsync(ledger, budget));

        Assert.Equal(AdmissionOutcome.BudgetExceeded, (await ledger.ReserveAsync(index, 731)).Outcome);
        Assert.Equal(AdmissionOutcome.Admitted, (await ledger.ReserveAsync(index, 730)).Outcome);
    }

    [Fact]
    public async Task The_actual_figure_of_an_estimate_that_was_seeded_takes_its_place()
    {
        var ledger = redis.NewLedger();
        var budget = Given.Budget(1_000);
        var request = Given.NewId();
        var admission = await ledger.ReserveAsync(Given.Index(budget), 100, request);
        await redis.CommandAsync("FLUSHALL");
        await _seeds.WriteAsync(
            new CounterSeed
            {
                Periods = [new SeededPeriod(budget.Id, admission.HeldBudgets[0].PeriodId, 100)],
                Through = [At(1)],
                Events = [new SeededEvent(EventIdentity.Usage(request, 1, 0), 1, 100)],
            },
            1,
            Token);

        var actual = await ledger.SettleAsync(Given.Usage(request, admission, 60), At(2), Token);

        Assert.Equal((SettleOutcome.Replaced, 60L), (actual.Outcome, actual.Budgets[0].Spent));
    }

    [Fact]
    public async Task A_seed_takes_the_place_of_counters_that_are_wrong_and_of_what_they_remember()
    {
        await redis.CommandAsync("FLUSHALL");
        var ledger = redis.NewLedger();
        var (right, wrong) = (Given.Budget(1_000), Given.Budget(1_000));
        var index = Given.Index(right, wrong);
        var (counted, lost, open) = (Given.NewId(), Given.NewId(), Given.NewId());
        var admissions = new Dictionary<Guid, AdmissionDecision>();
        foreach (var request in new[] { counted, lost, open })
            admissions[request] = await ledger.ReserveAsync(index, 100, request);
        foreach (var request in new[] { counted, lost })
            await ledger.SettleAsync(Given.Usage(request, admissions[request], 90), At(7), Token);

        // By the ledger the one budget is right, the other has a charge less, and billing never heard of one event.
        string PeriodOf(BudgetDefinition budget) =>
            admissions[open].HeldBudgets.Single(held => held.BudgetId == budget.Id).PeriodId;
        var seed = new CounterSeed
        {
            Periods =
            [
                new SeededPeriod(right.Id, PeriodOf(right), 180), new SeededPeriod(wrong.Id, PeriodOf(wrong), 90),
            ],
            Through = [At(7)],
        };
        Assert.Equal(1, await _seeds.ReplaceAsync(seed, 2, Token));
        Assert.Equal(0, await _seeds.ReplaceAsync(seed, 3, Token));
        Assert.Equal(1, await _seeds.ReplaceAsync(seed with { Periods = [.. seed.Periods.Take(1)] }, 4, Token));

        Assert.Equal((180L, 100L), await LevelAsync(ledger, right));
        Assert.Equal((0L, 100L), await LevelAsync(ledger, wrong));
        var again = Given.Usage(lost, admissions[lost], 90);
        Assert.Equal(SettleOutcome.Settled, (await ledger.SettleAsync(again, At(8), Token)).Outcome);
        Assert.Equal((270L, 100L), await LevelAsync(ledger, right));
    }

    [Fact]
    public async Task Calls_without_a_budget_do_not_wait_for_counters()
    {
        var ledger = redis.NewLedger();
        ledger.RequireGeneration(99);
        var limits = Given.Index(new RateLimitDefinition { Id = "k", Scope = "global", RequestsPerMinute = 10 });
        Assert.Equal(AdmissionOutcome.Admitted, (await ledger.ReserveAsync(limits)).Outcome);
    }

    private static UsageOrigin At(long sequence) => new(_edge, 3, sequence);

    private static async Task<(long Spent, long Held)> LevelAsync(HoldLedger ledger, BudgetDefinition budget)
    {
        var level = await ledger.ReadAsync(budget);
        return (level.Spent, level.Held);
    }
}
