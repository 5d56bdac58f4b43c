using LlmPlatform.Money;

namespace LlmPlatform.Quota.Tests;

/// <summary>64 callers on two edges want more of one dollar than there is.</summary>
public sealed class DollarRaceTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private const int Runs = 20;
    private const int Callers = 64;
    private const long Estimate = 50_000_000;
    private const long Least = 2_000_000;

    private readonly HoldLedger[] _edges = [redis.NewLedger(), redis.NewLedger()];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dollar_is_never_passed_and_nearly_all_of_it_is_used()
    {
        for (var run = 0; run < Runs; run++)
        {
            var budget = Given.Budget(NanoUsd.PerUsd);
            var index = Given.Index(budget);
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => SpendAsync(caller, run, index)));

            var level = await _edges[0].ReadAsync(budget);
            Assert.Equal(0, level.Held);
            Assert.InRange(level.Spent, NanoUsd.PerUsd * 95 / 100, NanoUsd.PerUsd);
        }
    }

    // Calls until the dollar is spent: each costs what it held or less, is settled twice, and now and then is lost with
    // its edge, or settled by the other one after its hold has expired.
    private async Task SpendAsync(int caller, int run, LimitsIndex index)
    {
        var random = new Random((run * Callers) + caller);
        var (own, other) = (_edges[caller % 2], _edges[(caller + 1) % 2]);
        while (true)
        {
            var request = Given.NewId();
            var admission = await ReserveAsync(own, request, index);
            if (admission.Outcome != AdmissionOutcome.Admitted)
            {
                if (!admission.Budget!.HeldOnly)
                    return;
                await Task.Yield();
                continue;
            }

            if (random.Next(20) == 0)
            {
                await redis.EndLeaseAsync(request);
                await other.ExpireDueAsync(100, Token);
                continue;
            }

            var cost = random.NextInt64(admission.HeldNanoUsd / 2, admission.HeldNanoUsd + 1);
            var usage = Given.Usage(request, admission, cost);
            var settled = await own.SettledAsync(usage);
            Assert.InRange(
                settled.Budgets[0].Spent + settled.Budgets[0].Held, 0, NanoUsd.PerUsd);
            await other.SettledAsync(usage);
        }
    }

    private static async Task<AdmissionDecision> ReserveAsync(HoldLedger edge, Guid request, LimitsIndex index)
    {
        using var limits = index.Matching(Given.Caller);
        return await edge.ReserveAsync(
            new AdmissionRequest
            {
                RequestId = request,
                KeysVersion = 1,
                EstimateNanoUsd = Estimate,
                LeastNanoUsd = Least,
                Limits = limits,
            },
            Token);
    }
}
