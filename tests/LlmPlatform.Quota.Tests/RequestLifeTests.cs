using LlmPlatform.Money.Periods;
using LlmPlatform.TestKit;

namespace LlmPlatform.Quota.Tests;

public sealed class RequestLifeTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private readonly HoldLedger _ledger = redis.NewLedger();
    private readonly BudgetDefinition _budget = Given.Budget(1_000);
    private readonly Guid _request = Given.NewId();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_asks_again_gets_the_same_admission_and_holds_once()
    {
        var index = Given.Index(_budget);
        var first = await _ledger.ReserveAsync(index, 100, _request);
        var again = await _ledger.ReserveAsync(index, 100, _request);

        Assert.True(again.IsReplay);
        Assert.Equal(AdmissionOutcome.Admitted, again.Outcome);
        Assert.Equal(first.AdmittedAt, again.AdmittedAt);
        Assert.Equal(first.HeldBudgets, again.HeldBudgets);
        Assert.Equal(100, (await _ledger.ReadAsync(_budget)).Held);
    }

    [Fact]
    public async Task Sixteen_copies_of_one_reserve_hold_once()
    {
        var index = Given.Index(_budget);
        var decisions = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => _ledger.ReserveAsync(index, 100, _request)));

        Assert.Single(decisions, decision => !decision.IsReplay);
        Assert.Equal(100, (await _ledger.ReadAsync(_budget)).Held);
    }

    [Fact]
    public async Task A_reserve_overtaken_by_its_own_release_holds_nothing()
    {
        await _ledger.ReleasedAsync(_request);
        var decision = await _ledger.ReserveAsync(Given.Index(_budget), 100, _request);

        Assert.Equal(AdmissionOutcome.Ended, decision.Outcome);
        Assert.Equal(0, (await _ledger.ReadAsync(_budget)).Held);
    }

    [Fact]
    public async Task A_request_that_has_ended_is_not_admitted_again()
    {
        var index = Given.Index(_budget);
        var admission = await _ledger.ReserveAsync(index, 100, _request);
        await _ledger.SettledAsync(Given.Usage(_request, admission, 10));

        Assert.Equal(AdmissionOutcome.Ended, (await _ledger.ReserveAsync(index, 100, _request)).Outcome);
    }

    [Fact]
    public async Task A_renewed_hold_outlives_its_lease_and_one_that_has_ended_stays_ended()
    {
        var index = Given.Index(_budget);
        var ended = Given.NewId();
        await _ledger.ReserveAsync(index, 100, _request);
        await _ledger.ReserveAsync(index, 100, ended);
        await _ledger.ReleasedAsync(ended);
        await redis.EndLeaseAsync(_request);

        Assert.Equal(1, await _ledger.RenewAsync([_request, ended, Given.NewId()], Token));

        Assert.DoesNotContain(await _ledger.ExpireDueAsync(100, Token), hold => hold.RequestId == _request);
        Assert.Equal(100, (await _ledger.ReadAsync(_budget)).Held);
    }

    [Fact]
    public async Task An_edge_is_counted_once_and_no_longer_than_a_lease_after_it_was_heard_of()
    {
        var brief = redis.NewLedger(new HoldOptions
        {
            Lease = TimeSpan.FromMilliseconds(300),
            ReserveTimeout = QuotaRedis.Patient.ReserveTimeout,
            ReserveDeadline = QuotaRedis.Patient.ReserveDeadline,
        });
        var (first, second) = (Given.NewId(), Given.NewId());
        await _ledger.AnnounceAsync(first, Token);
        var alone = await _ledger.AnnounceAsync(first, Token);
        var gone = await brief.AnnounceAsync(second, Token);

        Assert.Equal(alone + 1, gone);
        await Eventually.UntilAsync(
            async () => await _ledger.AnnounceAsync(first, Token) == alone,
            TimeSpan.FromSeconds(60),
            "the edge that said nothing more is not counted",
            Token);
    }

    [Fact]
    public async Task Reapers_that_run_at_once_free_each_hold_once()
    {
        var index = Given.Index(_budget);
        var requests = Enumerable.Range(0, 50).Select(_ => Given.NewId()).ToArray();
        foreach (var request in requests)
        {
            await _ledger.ReserveAsync(index, 3, request);
            await redis.EndLeaseAsync(request);
        }

        var freed = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(async _ => await _ledger.ExpireDueAsync(10, Token)));

        Assert.Equal(requests.Order(), freed.SelectMany(holds => holds).Select(hold => hold.RequestId).Order());
        Assert.All(freed.SelectMany(holds => holds), hold => Assert.Equal(3, hold.FreedNanoUsd));
        Assert.Equal(0, (await _ledger.ReadAsync(_budget)).Held);
    }

    [Fact]
    public async Task A_hold_nobody_renews_expires_after_its_lease()
    {
        var ledger = redis.NewLedger(new HoldOptions
        {
            Lease = TimeSpan.FromMilliseconds(300),
            ReserveTimeout = QuotaRedis.Patient.ReserveTimeout,
        });
        var admission = await ledger.ReserveAsync(Given.Index(_budget), 7, _request);

        var freed = await Eventually.UntilAsync(
            async () => await ledger.ExpireDueAsync(10, Token),
            holds => holds.Count > 0, TimeSpan.FromSeconds(60), "the lease ends", Token);

        Assert.Equal([new ExpiredHold(_request, 7)], freed);
        Assert.True(await redis.NowAsync() >= admission.AdmittedAt.AddMilliseconds(300));
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task An_edge_whose_clock_is_wrong_charges_the_period_of_Redis_time(int seconds)
    {
        var budget = _budget with { PeriodKind = BudgetPeriodKind.Length, PeriodLength = TimeSpan.FromMinutes(5) };
        var ledger = redis.NewLedger(clock: new ShiftedClock(TimeSpan.FromSeconds(seconds)));

        for (var i = 0; i < 3; i++)
        {
            var admission = await ledger.ReserveAsync(Given.Index(budget), 1);
            Assert.Equal(budget.Calendar().At(admission.AdmittedAt).Id, admission.HeldBudgets.Single().PeriodId);
            Assert.InRange(await redis.NowAsync() - admission.AdmittedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Over_many_boundaries_every_call_is_charged_to_the_period_it_was_admitted_in()
    {
        var budget = Given.Budget(2) with
        {
            PeriodKind = BudgetPeriodKind.Length,
            PeriodLength = TimeSpan.FromSeconds(1),
        };
        var index = Given.Index(budget);
        var admitted = new List<string>();
        var until = await redis.NowAsync() + TimeSpan.FromSeconds(2.5);
        AdmissionDecision decision;
        do
        {
            decision = await _ledger.ReserveAsync(index, 1);
            var period = budget.Calendar().At(decision.AdmittedAt);
            if (decision.Outcome == AdmissionOutcome.Admitted)
            {
                Assert.Equal(period.Id, decision.HeldBudgets.Single().PeriodId);
                admitted.Add(period.Id);
            }
            else
            {
                Assert.Equal((period.Id, period.EndsAt), (decision.Budget!.PeriodId, decision.Budget.ResetsAt));
            }
        }
        while (decision.AdmittedAt < until);

        // A machine that stands still for a while may miss a period.
        Assert.InRange(admitted.Distinct().Count(), 2, int.MaxValue);
        Assert.All(admitted.GroupBy(period => period), period => Assert.InRange(period.Count(), 1, 2));
    }
}
