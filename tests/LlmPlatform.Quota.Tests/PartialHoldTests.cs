using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota.Tests;

/// <summary>Holds that are smaller than the estimate, that grow, and tokens that are put right at the end.</summary>
public sealed class PartialHoldTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private readonly HoldLedger _ledger = redis.NewLedger();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1_000, 700, 400, 300)]
    [InlineData(1_000, 0, 1_000, 1_000)]
    [InlineData((1L << 53) + 1_001, 1L << 53, 5_000, 1_001)]
    public async Task Where_less_is_left_than_asked_for_what_is_left_is_held(
        long limit, long spent, long estimate, long held)
    {
        var (wide, tight) = (Given.Budget(long.MaxValue / 2), Given.Budget(limit));
        var index = Given.Index(wide, tight);
        await SpendAsync(index, spent);

        var decision = await ReserveAsync(index, estimate, least: 100);

        Assert.Equal((AdmissionOutcome.Admitted, held), (decision.Outcome, decision.HeldNanoUsd));
        Assert.Equal(held, (await _ledger.ReadAsync(wide)).Held);
        Assert.Equal(held, (await _ledger.ReadAsync(tight)).Held);
    }

    [Fact]
    public async Task Where_less_is_left_than_is_worth_it_the_call_is_refused_whole()
    {
        var budget = Given.Budget(1_000);
        var index = Given.Index(budget);
        await SpendAsync(index, 901);
        var decision = await ReserveAsync(index, 400, least: 100);
        Assert.Equal((AdmissionOutcome.BudgetExceeded, false), (decision.Outcome, decision.Budget!.HeldOnly));
        Assert.Equal(0, (await _ledger.ReadAsync(budget)).Held);
    }

    [Fact]
    public async Task A_hold_grows_in_every_budget_or_in_none_and_only_while_it_is_open()
    {
        var (wide, tight) = (Given.Budget(10_000), Given.Budget(1_000));
        var index = Given.Index(wide, tight);
        var request = Given.NewId();
        var admission = await _ledger.ReserveAsync(index, 600, request);

        Assert.Equal(HoldExtensionOutcome.Held, (await _ledger.ExtendAsync(request, 400, 0, [], Token)).Outcome);
        var refused = await _ledger.ExtendAsync(request, 1, 0, [], Token);
        Assert.Equal(
            (HoldExtensionOutcome.Refused, tight.Id, 1_000L, 0L, 1_000L, true),
            (refused.Outcome, refused.BudgetId, refused.Limit, refused.Spent, refused.Held, refused.HeldOnly));
        Assert.Equal(1_000, (await _ledger.ReadAsync(wide)).Held);
        await _ledger.SettledAsync(Given.Usage(request, admission, 950));

        Assert.Equal(HoldExtensionOutcome.Ended, (await _ledger.ExtendAsync(request, 1, 0, [], Token)).Outcome);
        Assert.Equal((950L, 0L), await LevelAsync(wide));
        Assert.Equal((950L, 0L), await LevelAsync(tight));
    }

    [Fact]
    public async Task A_hold_grows_by_the_limit_that_is_in_force_whatever_its_admission_was_told()
    {
        var budget = Given.Budget(1_000);
        var raised = budget with { LimitNanoUsd = 2_000, Revision = budget.Revision + 1 };
        var lowered = budget with { LimitNanoUsd = 500, Revision = budget.Revision + 2 };
        var request = Given.NewId();
        await _ledger.ReserveAsync(Given.Index(budget), 600, request);

        Assert.Equal(HoldExtensionOutcome.Refused, await GrowAsync(request, 600, budget));
        Assert.Equal(HoldExtensionOutcome.Held, await GrowAsync(request, 600, raised));
        Assert.Equal<(long?, long?)>((2_000, raised.Revision), await LimitAsync(budget));

        // An edge that has not heard of it yet takes nothing back.
        Assert.Equal(HoldExtensionOutcome.Refused, await GrowAsync(request, 801, budget));
        Assert.Equal(HoldExtensionOutcome.Held, await GrowAsync(request, 800, budget));

        // What is over is over, for calls that are under way too.
        Assert.Equal(HoldExtensionOutcome.Refused, await GrowAsync(request, 1, lowered));
        Assert.Equal<(long?, long?)>((500, lowered.Revision), await LimitAsync(budget));
        Assert.Equal(2_000, (await _ledger.ReadAsync(budget)).Held);
    }

    [Fact]
    public async Task Budgets_of_tokens_hold_and_charge_tokens_beside_budgets_of_money()
    {
        var money = Given.Budget(10_000);
        var tokens = Given.Budget(0) with { LimitTokens = 1_000 };
        var index = Given.Index(money, tokens);
        var request = Given.NewId();
        var admission = await _ledger.ReserveAsync(index, 700, request, tokens: 600);
        Assert.Equal([false, true], admission.HeldBudgets.Select(held => held.CountsTokens));
        Assert.True((await _ledger.ReserveAsync(index, 700, request, tokens: 600)).HeldBudgets[1].CountsTokens);

        var refusal = (await _ledger.ReserveAsync(index, 1, tokens: 401)).Budget!;
        Assert.Equal((tokens.Id, 1_000L, true), (refusal.BudgetId, refusal.Limit, refusal.HeldOnly));
        Assert.Equal(tokens.Id, (await _ledger.ExtendAsync(request, 0, 401, [], Token)).BudgetId);
        Assert.Equal(HoldExtensionOutcome.Held, (await _ledger.ExtendAsync(request, 100, 50, [], Token)).Outcome);
        Assert.Equal((0L, 800L), await LevelAsync(money));
        Assert.Equal((0L, 650L), await LevelAsync(tokens));

        // A failed attempt takes its part of both; the last frees the rest; a correction moves both by the difference.
        await _ledger.SettledAsync(Consumed(Given.Usage(request, admission, 100, ends: false), 50));
        Assert.Equal((100L, 700L), await LevelAsync(money));
        Assert.Equal((50L, 600L), await LevelAsync(tokens));
        await _ledger.SettledAsync(Consumed(Given.Usage(request, admission, 300, attempt: 2), 200));
        await _ledger.SettledAsync(Consumed(Given.Usage(request, admission, 400, attempt: 2, version: 3), 250));
        Assert.Equal((500L, 0L), await LevelAsync(money));
        Assert.Equal((300L, 0L), await LevelAsync(tokens));
    }

    [Fact]
    public async Task A_token_limit_counts_what_was_used_once_the_call_has_ended()
    {
        var limit = NewLimit() with { TokensPerDay = 1_000 };
        var index = Given.Index(limit);
        var (first, second) = (Given.NewId(), Given.NewId());
        var admission = await _ledger.ReserveAsync(index, 0, first, tokens: 900);
        Assert.Equal(100, admission.Tokens!.Remaining);
        Assert.Equal(AdmissionOutcome.RateLimited, (await _ledger.ReserveAsync(index, tokens: 200)).Outcome);

        // Two attempts, of which the first failed half-way.
        await _ledger.SettledAsync(Consumed(Given.Usage(first, admission, 0, ends: false), 60));
        await _ledger.SettledAsync(Consumed(Given.Usage(first, admission, 0, ends: false), 60));
        await _ledger.SettledAsync(Consumed(Given.Usage(first, admission, 0, attempt: 2), 40));
        Assert.Equal(400, (await _ledger.ReserveAsync(index, 0, second, tokens: 500)).Tokens!.Remaining);

        // One that never reached a provider used nothing.
        await _ledger.ReleasedAsync(second);
        Assert.Equal(800, (await _ledger.ReserveAsync(index, tokens: 100)).Tokens!.Remaining);
    }

    [Fact]
    public async Task An_answer_longer_than_was_estimated_is_counted_whole()
    {
        var limit = NewLimit() with { TokensPerHour = 1_000 };
        var index = Given.Index(limit);
        var request = Given.NewId();
        var admission = await _ledger.ReserveAsync(index, 0, request, tokens: 10);
        await _ledger.SettledAsync(Consumed(Given.Usage(request, admission, 0), 1_200));
        var refusal = (await _ledger.ReserveAsync(index, tokens: 1)).RateLimit!;
        Assert.Equal((1_200L, true), (refusal.Used, refusal.IsQuota));
    }

    private static RateLimitDefinition NewLimit() => new() { Id = Given.NewId().ToString("N"), Scope = "global" };

    private async Task<AdmissionDecision> ReserveAsync(LimitsIndex index, long estimate, long least)
    {
        using var limits = index.Matching(Given.Caller);
        return await _ledger.ReserveAsync(
            new AdmissionRequest
            {
                RequestId = Given.NewId(),
                KeysVersion = 1,
                EstimateNanoUsd = estimate,
                LeastNanoUsd = least,
                Limits = limits,
            },
            Token);
    }

    private async Task SpendAsync(LimitsIndex index, long amount)
    {
        var request = Given.NewId();
        var admission = await _ledger.ReserveAsync(index, 0, request);
        for (var attempt = 1; amount > 0; attempt++)
        {
            var part = Math.Min(amount, 1L << 52);
            await _ledger.SettledAsync(Given.Usage(request, admission, part, attempt, ends: amount == part));
            amount -= part;
        }
    }

    private async Task<HoldExtensionOutcome> GrowAsync(Guid request, long amount, BudgetDefinition known) =>
        (await _ledger.ExtendAsync(request, amount, 0, [known], Token)).Outcome;

    private async Task<(long? Limit, long? Revision)> LimitAsync(BudgetDefinition budget)
    {
        var level = await _ledger.ReadAsync(budget);
        return (level.Limit, level.Revision);
    }

    private async Task<(long Spent, long Held)> LevelAsync(BudgetDefinition budget)
    {
        var level = await _ledger.ReadAsync(budget);
        return (level.Spent, level.Held);
    }

    private static UsageRecorded Consumed(UsageRecorded usage, long tokens) =>
        usage with { Tokens = TokenUsage.None with { InputUncached = tokens / 2, OutputText = tokens - (tokens / 2) } };
}
