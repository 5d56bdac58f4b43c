using LlmPlatform.TestKit;

namespace LlmPlatform.Quota.Tests;

public sealed class RateLimitTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private const long Day = 86_400_000;

    private readonly HoldLedger _ledger = redis.NewLedger();
    private readonly RateLimitDefinition _limit = new() { Id = Given.NewId().ToString("N"), Scope = "tenant:acme" };

    [Fact]
    public async Task The_figure_is_admitted_and_the_next_call_is_refused_with_scope_limit_and_wait()
    {
        var index = Given.Index(_limit with { RequestsPerHour = 3 });
        var remaining = new List<long>();
        for (var i = 0; i < 3; i++)
            remaining.Add((await _ledger.ReserveAsync(index)).Requests!.Remaining);

        var decision = await _ledger.ReserveAsync(index);
        var refusal = decision.RateLimit!;

        Assert.Equal([2, 1, 0], remaining);
        Assert.Equal(AdmissionOutcome.RateLimited, decision.Outcome);
        Assert.Equal(
            (_limit.Id, "tenant:acme", RateLimitKind.RequestsPerHour, 3, 3, true),
            (refusal.LimitId, refusal.Scope, refusal.Kind, refusal.Limit, refusal.Used, refusal.IsQuota));
        Assert.InRange(refusal.RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task What_the_window_before_counted_weighs_less_with_every_moment_of_this_one()
    {
        const long Carried = 1_000_000;
        var now = await FarFromMidnightAsync();
        await redis.CommandAsync(
            "HSET", $"r:{{q}}:{_limit.Id}:rpd", "w", $"{(now.ToUnixTimeMilliseconds() / Day) - 1}", "c", $"{Carried}");
        var weight = 1 - ((double)(now.ToUnixTimeMilliseconds() % Day) / Day);
        var cap = (long)(Carried * weight) - 200;
        var decision = await _ledger.ReserveAsync(Given.Index(_limit with { RequestsPerDay = cap }));

        var at = decision.AdmittedAt.ToUnixTimeMilliseconds() % Day;
        var used = Carried * (1 - ((double)at / Day));
        var room = (long)Math.Ceiling((1 - ((cap - 1) / (double)Carried)) * Day) - at;
        Assert.Equal(AdmissionOutcome.RateLimited, decision.Outcome);
        Assert.Equal((long)Math.Ceiling(used), decision.RateLimit!.Used);
        Assert.Equal(room, decision.RateLimit.RetryAfter.TotalMilliseconds, 1.0);

        var wider = await _ledger.ReserveAsync(Given.Index(_limit with { RequestsPerDay = cap + 400 }));
        Assert.Equal(AdmissionOutcome.Admitted, wider.Outcome);
        // Ten seconds more for each hundred.
        Assert.InRange(wider.Requests!.Remaining, 150, 1_000);
    }

    [Fact]
    public async Task Windows_older_than_the_one_before_count_nothing()
    {
        var now = await FarFromMidnightAsync();
        await redis.CommandAsync(
            "HSET", $"r:{{q}}:{_limit.Id}:rpd",
            "w", $"{(now.ToUnixTimeMilliseconds() / Day) - 2}", "c", "50", "pc", "50");
        var decision = await _ledger.ReserveAsync(Given.Index(_limit with { RequestsPerDay = 10 }));

        Assert.Equal(9, decision.Requests!.Remaining);
    }

    [Fact]
    public async Task Tokens_are_counted_as_estimated_and_the_tightest_limit_is_told()
    {
        var index = Given.Index(_limit with { TokensPerDay = 1_000, RequestsPerDay = 5, RequestsPerHour = 100 });
        var first = await _ledger.ReserveAsync(index, tokens: 600);
        var tooMany = await _ledger.ReserveAsync(index, tokens: 401);
        var fits = await _ledger.ReserveAsync(index, tokens: 400);

        Assert.Equal((1_000, 400), (first.Tokens!.Limit, first.Tokens.Remaining));
        Assert.Equal((5, 4), (first.Requests!.Limit, first.Requests.Remaining));
        Assert.Equal((RateLimitKind.TokensPerDay, 600), (tooMany.RateLimit!.Kind, tooMany.RateLimit.Used));
        Assert.Equal((0, 3), (fits.Tokens!.Remaining, fits.Requests!.Remaining));
    }

    [Fact]
    public async Task Of_several_limits_that_refuse_the_one_to_wait_for_longest_is_named()
    {
        var index = Given.Index(_limit with { RequestsPerMinute = 0, RequestsPerDay = 0, RequestsPerHour = 0 });
        var decision = await _ledger.ReserveAsync(index);

        Assert.Equal(RateLimitKind.RequestsPerDay, decision.RateLimit!.Kind);
        Assert.Equal(TimeSpan.FromDays(1), decision.RateLimit.RetryAfter);
    }

    [Theory]
    [InlineData(RateLimitKind.RequestsPerSecond)]
    [InlineData(RateLimitKind.TokensPerSecond)]
    public async Task A_second_is_a_window_too(RateLimitKind kind)
    {
        var index = Given.Index(kind == RateLimitKind.RequestsPerSecond
            ? _limit with { RequestsPerSecond = 1 }
            : _limit with { TokensPerSecond = 500 });
        var decision = await _ledger.ReserveAsync(index, tokens: 500);
        Assert.Equal(0, (kind.CountsTokens() ? decision.Tokens : decision.Requests)!.Remaining);
        while (decision.Outcome == AdmissionOutcome.Admitted)
            decision = await _ledger.ReserveAsync(index, tokens: 500);

        var refusal = decision.RateLimit!;
        Assert.Equal((kind, false), (refusal.Kind, refusal.IsQuota));
        Assert.InRange(refusal.RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2));
        await Eventually.UntilAsync(
            async () => (await _ledger.ReserveAsync(index, tokens: 500)).Outcome == AdmissionOutcome.Admitted,
            TimeSpan.FromSeconds(60), "the second is over", Token);
    }

    [Fact]
    public async Task A_burst_passes_at_once_and_then_calls_are_paced_as_promised()
    {
        var index = Given.Index(_limit with { RequestsPerMinute = 600, Burst = 3 });
        var decisions = new List<AdmissionDecision>();
        while (decisions.Count < 100 && decisions.All(decision => decision.Outcome == AdmissionOutcome.Admitted))
            decisions.Add(await _ledger.ReserveAsync(index));
        var refusal = decisions[^1].RateLimit!;

        // Each 100 ms bring one call back, so a slow machine may see more than three pass.
        var elapsed = decisions[^1].AdmittedAt - decisions[0].AdmittedAt;
        Assert.InRange(decisions.Count - 1, 3, 3 + (int)(elapsed.TotalMilliseconds / 100));
        Assert.Equal((RateLimitKind.Burst, 3), (refusal.Kind, refusal.Limit));
        Assert.InRange(refusal.RetryAfter.TotalMilliseconds, 1, 100);
        var due = decisions[^1].AdmittedAt + refusal.RetryAfter;
        await Eventually.UntilAsync(
            async () => await redis.NowAsync() >= due, TimeSpan.FromSeconds(60), "the wait is over", Token);
        Assert.Equal(AdmissionOutcome.Admitted, (await _ledger.ReserveAsync(index)).Outcome);
    }

    [Fact]
    public async Task Calls_open_at_once_are_limited_and_every_end_frees_a_place()
    {
        var index = Given.Index(_limit with { MaxParallel = 3 });
        Guid[] open = [Given.NewId(), Given.NewId(), Given.NewId()];
        var admissions = new List<AdmissionDecision>();
        foreach (var request in open)
            admissions.Add(await _ledger.ReserveAsync(index, 0, request));
        var refusal = (await _ledger.ReserveAsync(index)).RateLimit!;

        await _ledger.ReleasedAsync(open[0]);
        await _ledger.SettledAsync(Given.Usage(open[1], admissions[1], 0));
        await redis.EndLeaseAsync(open[2]);
        await _ledger.ExpireDueAsync(100, Token);

        Assert.Equal(
            (RateLimitKind.Parallel, 3, 3, false), (refusal.Kind, refusal.Limit, refusal.Used, refusal.IsQuota));
        Assert.Equal(0, (await redis.CommandAsync("EXISTS", $"o:{{q}}:{_limit.Id}")).AsInt64());
        for (var i = 0; i < 3; i++)
            Assert.Equal(AdmissionOutcome.Admitted, (await _ledger.ReserveAsync(index)).Outcome);
        Assert.Equal(AdmissionOutcome.RateLimited, (await _ledger.ReserveAsync(index)).Outcome);
    }

    [Fact]
    public async Task A_limit_on_each_user_counts_users_apart_and_tenants_users_of_one_name_too()
    {
        var limit = _limit with { Scope = "tier:basic", Each = "user", RequestsPerDay = 1 };
        var index = Given.Index(limit);
        var ann = Given.Caller with { Tier = "basic", User = "ann" };
        CallerScopes[] callers =
            [ann, ann with { User = "bo" }, ann with { Tenant = "globex" }, ann with { User = null }];

        foreach (var caller in callers)
            Assert.Equal(AdmissionOutcome.Admitted, (await _ledger.ReserveAsync(index, caller: caller)).Outcome);
        foreach (var caller in callers)
            Assert.Equal(AdmissionOutcome.RateLimited, (await _ledger.ReserveAsync(index, caller: caller)).Outcome);
    }

    [Fact]
    public async Task A_subject_of_any_length_has_a_count_of_its_own()
    {
        var index = Given.Index(_limit with { Each = "user", RequestsPerDay = 1 });
        var ann = Given.Caller with { User = new string('a', 2_000) };
        var bo = ann with { User = new string('a', 1_999) + "b" };

        Assert.Equal(AdmissionOutcome.Admitted, (await _ledger.ReserveAsync(index, caller: ann)).Outcome);
        Assert.Equal(AdmissionOutcome.Admitted, (await _ledger.ReserveAsync(index, caller: bo)).Outcome);
        Assert.Equal(AdmissionOutcome.RateLimited, (await _ledger.ReserveAsync(index, caller: ann)).Outcome);
    }

    [Fact]
    public async Task Racing_callers_pass_a_rate_limit_exactly_as_often_as_it_says()
    {
        var index = Given.Index(_limit with { RequestsPerDay = 40 });
        var decisions = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _ledger.ReserveAsync(index)));

        Assert.Equal(40, decisions.Count(decision => decision.Outcome == AdmissionOutcome.Admitted));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // A window that turns in the middle of a test would prove nothing.
    private async Task<DateTimeOffset> FarFromMidnightAsync()
    {
        return await Eventually.UntilAsync(
            redis.NowAsync,
            now => now.ToUnixTimeMilliseconds() % Day is > 1_000 and < Day - 10_000,
            TimeSpan.FromSeconds(60), "midnight has passed", Token);
    }
}
