using System.Globalization;
using LlmPlatform.Bench.Rig;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Money;
using LlmPlatform.Money.Periods;
using LlmPlatform.Quota;

namespace LlmPlatform.Bench.Growth;

/// <summary>
/// What finding a caller's limits, holding and settling cost this process and Redis, with so many keys that call in
/// turn, and with so many budgets defined.
/// </summary>
internal sealed class LimitsGrowth(IReadOnlyDictionary<string, string> facts)
{
    private const int Calls = 2_000;
    private const long EnoughNanoUsd = 1_000_000 * NanoUsd.PerUsd;

    private readonly int _redis = int.Parse(facts["REDIS_PID"], CultureInfo.InvariantCulture);

    /// <summary>Every key with a budget and a limit of its own, beside five budgets that all share.</summary>
    public Task<GrowthPoint> OfKeysAsync(int keys, int rounds) => MeasureAsync(keys, rounds, keys, Budgets(keys));

    /// <summary>One key, six of whose budgets apply; the others are those of other tenants.</summary>
    public Task<GrowthPoint> OfBudgetsAsync(int budgets, int rounds)
    {
        var others = Enumerable.Range(0, Math.Max(0, budgets - 6)).Select(other => Budget($"tenant:other-{other}"));
        return MeasureAsync(budgets, rounds, 1, [.. Budgets(1), .. others]);
    }

    private static BudgetDefinition[] Budgets(int keys)
    {
        string[] shared = ["global", "tenant:bench", "team:bench/load", "project:bench", "tier:premium"];
        return [.. shared.Select(Budget), .. Enumerable.Range(0, keys).Select(key => Budget($"key:{NameOf(key)}"))];
    }

    private static string NameOf(int key) => $"bench-{key}";

    private static BudgetDefinition Budget(string scope) => new()
    {
        Id = $"bench-{scope.Replace(':', '-').Replace('/', '-')}",
        Name = scope,
        Revision = 1,
        Scope = scope,
        LimitNanoUsd = EnoughNanoUsd,
        PeriodKind = BudgetPeriodKind.Monthly,
        Enforce = true,
    };

    private async Task<GrowthPoint> MeasureAsync(int size, int rounds, int keys, BudgetDefinition[] budgets)
    {
        var index = new LimitsIndex(new LimitsSnapshot { Version = 1, Budgets = budgets });
        await using var redis = new RedisClient(new RedisOptions { ConnectionString = facts["LLM_PLATFORM_REDIS"] });
        await redis.WaitUntilConnectedAsync(CancellationToken.None);
        await using var ledger = new HoldLedger(redis, new HoldOptions { ReserveTimeout = TimeSpan.FromSeconds(10) });
        await CallAsync(ledger, index, keys);
        var measured = new List<(double, double)>();
        for (var round = 0; round < rounds; round++)
        {
            var (own, servers) = (Environment.CpuUsage.TotalTime, ProcessMeter.CpuNanoseconds([_redis]));
            await CallAsync(ledger, index, keys);
            measured.Add((
                (Environment.CpuUsage.TotalTime - own).TotalMicroseconds / Calls,
                (ProcessMeter.CpuNanoseconds([_redis]) - servers) / 1000.0 / Calls));
        }

        return GrowthPoint.Median(size, measured);
    }

    private static async Task CallAsync(HoldLedger ledger, LimitsIndex index, int keys)
    {
        var settled = new List<UsageSettlement>();
        for (var call = 0; call < Calls; call++)
        {
            var name = NameOf(call % keys);
            using var limits = index.Matching(new CallerScopes
            {
                Tenant = "bench",
                Team = "load",
                Project = "bench",
                Tier = "premium",
                KeyId = name,
                KeyName = name,
            });
            var request = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
            var admitted = await ledger.ReserveAsync(new AdmissionRequest
            {
                RequestId = request,
                KeysVersion = 1,
                EstimateNanoUsd = 10_000,
                EstimatedTokens = 450,
                Limits = limits,
            });
            if (admitted.HeldBudgets.Count != 6)
            {
                throw new InvalidOperationException($"{admitted.HeldBudgets.Count} budgets applied and not six.");
            }

            settled.Add(Settlement(request, admitted.AdmittedAt, admitted.HeldBudgets));
            if (settled.Count == 16)
            {
                await ledger.SettleAsync(settled.ToArray(), withLevels: false);
                settled.Clear();
            }
        }
    }

    private static UsageSettlement Settlement(
        Guid request, DateTimeOffset admittedAt, IReadOnlyList<HeldBudget> budgets) =>
        new(request, EventIdentity.Usage(request, 1, 0), 2, 6_500, admittedAt, EndsRequest: true, budgets);
}
