namespace LlmPlatform.Quota.Tests;

/// <summary>
/// Random histories of three edges, two of them with wrong clocks, and metering on shared budgets of money and of
/// tokens, compared step by step with a model that fits on a page. The seed is in the test's name and in the message of
/// a failure.
/// </summary>
public sealed class HoldModelTests(QuotaRedis redis) : IClassFixture<QuotaRedis>
{
    private const int Steps = 600;
    private const string SecretId = "0f1e2d3c";

    private readonly HoldLedger[] _ledgers =
    [
        redis.NewLedger(),
        redis.NewLedger(clock: new ShiftedClock(TimeSpan.FromDays(40))),
        redis.NewLedger(clock: new ShiftedClock(TimeSpan.FromDays(-40))),
    ];

    private readonly WithdrawnSecrets _withdrawn = new(redis.Client);

    // From cents to amounts that no Lua number holds.
    public static TheoryData<int, long> Histories { get; } = new()
    {
        { 1, 10_000_000 }, { 2, 10_000_000 }, { 3, 1L << 52 }, { Random.Shared.Next(), 10_000_000 },
        { Random.Shared.Next(), 1L << 52 },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Histories), DisableDiscoveryEnumeration = true)]
    public async Task A_random_history_leaves_every_counter_as_the_model_has_it(int seed, long amountMax)
    {
        var history = new History(seed, amountMax);
        await redis.CommandAsync("FLUSHALL");
        for (var step = 0; step < Steps; step++)
        {
            var operation = await RunStepAsync(history);
            foreach (var budget in history.Budgets)
            {
                var level = await _ledgers[0].ReadAsync(budget);
                var seen = (level.Spent, level.Held, level.Limit);
                Assert.True(
                    seen == history.Model.Level(budget.Id),
                    $"seed {seed}, step {step}, {operation}: {seen}, the model has {history.Model.Level(budget.Id)}");
                Assert.True(
                    history.Model.IsWithinBound(budget.Id),
                    $"seed {seed}, step {step}, {operation}: {seen} is past the limit and all that may come on top");
            }
        }

        foreach (var request in history.Requests)
        {
            await _ledgers[0].ReleasedAsync(request);
            history.Model.Release(request);
        }

        Assert.All(history.Budgets, budget => Assert.Equal(0, history.Model.Level(budget.Id).Held));
        Assert.All(
            await Task.WhenAll(history.Budgets.Select(budget => _ledgers[0].ReadAsync(budget))),
            level => Assert.Equal(0, level.Held));
        Assert.Equal(0, (await redis.CommandAsync("ZCARD", "leases:{q}")).AsInt64());
    }

    private async Task<string> RunStepAsync(History history)
    {
        var ledger = _ledgers[history.Random.Next(_ledgers.Length)];
        return history.Random.Next(20) switch
        {
            < 7 => await ReserveAsync(ledger, history),
            < 14 => await SettleAsync(ledger, history),
            14 => await ReleaseAsync(ledger, history),
            15 => await ExpireAsync(ledger, history),
            16 => await RenewAsync(ledger, history),
            17 => await WithdrawAsync(history),
            18 => await ExtendAsync(ledger, history),
            _ => history.Revise(),
        };
    }

    private static async Task<string> ReserveAsync(HoldLedger ledger, History history)
    {
        var request = history.AnyRequest(mayBeNew: true);
        var estimate = history.AnyAmounts();
        var budgets = history.AnyBudgets();
        var keysVersion = history.AnyKeysVersion();
        var part = history.Random.Next(2) == 0 ? 1 : history.Random.Next(1, 9);
        var least = new HoldModel.Amounts(estimate.NanoUsd / part, estimate.Tokens / part);
        var decision = await ledger.ReserveAsync(
            Given.Index([.. budgets]), estimate.NanoUsd, request, tokens: estimate.Tokens, secretId: SecretId,
            keysVersion: keysVersion, leastNanoUsd: least.NanoUsd, leastTokens: least.Tokens);

        var expected = history.Model.Reserve(request, keysVersion, estimate, least, budgets);
        Assert.True(
            expected == decision.Outcome, $"seed {history.Seed}: {decision.Outcome}, the model says {expected}");
        if (decision is { Outcome: AdmissionOutcome.Admitted, IsReplay: false })
            history.Admissions[request] = decision;
        return $"reserve {estimate}: {decision.Outcome}";
    }

    private static async Task<string> SettleAsync(HoldLedger ledger, History history)
    {
        if (history.Admissions.Count == 0)
            return "nothing to settle";
        var (request, admission) = history.Admissions.ElementAt(history.Random.Next(history.Admissions.Count));
        var usage = Given.Usage(
            request,
            admission,
            history.AnyAmount(),
            attempt: history.Random.Next(1, 3),
            version: history.Random.Next(1, 4),
            ends: history.Random.Next(3) == 0,
            tokens: history.AnyAmount());
        var result = await ledger.SettledAsync(usage);

        var expected = history.Model.Settle(usage);
        Assert.True(expected == result.Outcome, $"seed {history.Seed}: {result.Outcome}, the model says {expected}");
        return $"settle {usage.CostNanoUsd}, version {usage.EventVersion}, ends {usage.EndsRequest}: {result.Outcome}";
    }

    private static async Task<string> ReleaseAsync(HoldLedger ledger, History history)
    {
        var request = history.AnyRequest(mayBeNew: false);
        Assert.Equal(history.Model.Release(request), await ledger.ReleasedAsync(request));
        return "release";
    }

    private async Task<string> ExpireAsync(HoldLedger ledger, History history)
    {
        var request = history.AnyRequest(mayBeNew: false);
        await redis.EndLeaseAsync(request);
        var expected = history.Model.IsOpen(request)
            ? new[] { new ExpiredHold(request, history.Model.End(request)) }
            : [];
        Assert.Equal(expected, await ledger.ExpireDueAsync(10, Token));
        return "expire";
    }

    private static async Task<string> ExtendAsync(HoldLedger ledger, History history)
    {
        var request = history.AnyRequest(mayBeNew: false);
        var amount = history.AnyAmounts();
        Assert.Equal(
            history.Model.Extend(request, amount),
            (await ledger.ExtendAsync(request, amount.NanoUsd, amount.Tokens, [], Token)).Outcome);
        return $"extend {amount}";
    }

    private static async Task<string> RenewAsync(HoldLedger ledger, History history)
    {
        Assert.Equal(history.Requests.Count(history.Model.IsOpen), await ledger.RenewAsync(history.Requests, Token));
        return "renew";
    }

    // Withdrawals arrive late and out of order, as those of two edges do.
    private async Task<string> WithdrawAsync(History history)
    {
        var version = history.AnyKeysVersion();
        await _withdrawn.AddAsync([new SecretWithdrawal(SecretId, null)], version, TimeSpan.FromHours(1), Token);
        history.Model.Withdraw(version);
        return $"withdrawn as of {version}";
    }

    private sealed class History(int seed, long amountMax)
    {
        // The older revision of a budget stays in use by an edge that has not heard of the newer one.
        private readonly List<BudgetDefinition> _stale = [];
        private long _keysVersion;

        internal int Seed { get; } = seed;

        internal Random Random { get; } = new(seed);

        internal HoldModel Model { get; } = new();

        internal List<BudgetDefinition> Budgets { get; } =
        [
            .. Enumerable.Range(0, 3).Select(_ => Given.Budget(amountMax * 4, "global")),
            .. Enumerable.Range(0, 2).Select(_ => Given.Budget(0, "global") with { LimitTokens = amountMax * 4 }),
        ];

        internal List<Guid> Requests { get; } = [Given.NewId()];

        internal Dictionary<Guid, AdmissionDecision> Admissions { get; } = [];

        // Rises with the history, as versions do, and lags behind by a few.
        internal long AnyKeysVersion() => Math.Max(0, (++_keysVersion / 8) - Random.Next(4));

        internal long AnyAmount() => Random.Next(6) == 0 ? 0 : Random.NextInt64(amountMax);

        internal HoldModel.Amounts AnyAmounts() => new(AnyAmount(), AnyAmount());

        internal Guid AnyRequest(bool mayBeNew)
        {
            if (mayBeNew && Random.Next(4) != 0)
                Requests.Add(Given.NewId());
            return Requests[Random.Next(mayBeNew ? Math.Max(0, Requests.Count - 3) : 0, Requests.Count)];
        }

        internal List<BudgetDefinition> AnyBudgets()
        {
            var known = Random.Next(4) == 0
                ? Budgets.Select(budget => _stale.LastOrDefault(old => old.Id == budget.Id) ?? budget)
                : Budgets;
            return [.. known.Where(_ => Random.Next(3) != 0)];
        }

        internal string Revise()
        {
            var i = Random.Next(Budgets.Count);
            _stale.Add(Budgets[i]);
            var limit = Model.Level(Budgets[i].Id).Spent + (amountMax * Random.Next(6));
            Budgets[i] = Budgets[i] with
            {
                Revision = Budgets[i].Revision + 1,
                LimitNanoUsd = Budgets[i].CountsTokens ? 0 : limit,
                LimitTokens = Budgets[i].CountsTokens ? limit : null,
                Enforce = Random.Next(5) != 0,
            };
            return "revise";
        }
    }
}
