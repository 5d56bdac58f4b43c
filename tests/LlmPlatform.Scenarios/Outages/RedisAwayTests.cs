using System.Diagnostics;
using System.Globalization;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>
/// Redis hangs, is slow, loses all it knew or is replaced under load: each tenant goes on as far as its mode says, and
/// soon after Redis answers again every counter is what billing and the callers say.
/// </summary>
public sealed class RedisAwayTests(RedisAwayGround ground) : IClassFixture<RedisAwayGround>
{
    private const int Some = 3;

    // Who was let in before the fault may be answered after it.
    private const int UnderWay = 2;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RedisFault.Frozen)]
    [InlineData(RedisFault.Slow)]
    [InlineData(RedisFault.Emptied)]
    [InlineData(RedisFault.FailedOver)]
    public async Task Each_mode_does_what_it_says_and_the_counters_equal_the_ledger_again(RedisFault fault)
    {
        var replica = fault == RedisFault.FailedOver ? await FollowAsync() : null;
        var loads = new Dictionary<AwayMode, TenantLoad>();
        try
        {
            // Who has a share comes last: it must not be spent while the others begin.
            foreach (var mode in RedisAwayGround.Modes)
            {
                var tenant = RedisAwayGround.TenantOf(fault, mode);
                loads[mode] = new TenantLoad(ground.Platform.Edges[0], tenant, ground.KeyOf(tenant));
                await loads[mode].UntilServedAsync(0, Some);
            }

            var recovered = await (fault switch
            {
                RedisFault.Frozen => FreezeAsync(loads),
                RedisFault.Slow => SlowAsync(loads),
                RedisFault.Emptied => EmptyAsync(loads),
                _ => FailOverAsync(loads, replica!),
            });
            var marks = loads.ToDictionary(load => load.Key, load => load.Value.Mark);
            foreach (var mode in RedisAwayGround.Modes.Where(mode => mode != AwayMode.LocalShare))
                await loads[mode].UntilServedAsync(marks[mode], Some);
            foreach (var load in loads.Values)
                await load.StopAsync();

            foreach (var load in loads.Values)
                await UntilChargedAsync(load);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{fault}: counters equal the ledger {recovered.Elapsed.TotalSeconds:0.0} s after Redis answers"));
            AssertRefusals(loads);
        }
        finally
        {
            ground.Proxy.Heal();
            foreach (var load in loads.Values)
                await load.DisposeAsync();
        }
    }

    // It takes connections and what is sent to it, and says nothing: the one outage that nobody is told of.
    private async Task<Stopwatch> FreezeAsync(Dictionary<AwayMode, TenantLoad> loads)
    {
        var server = ground.Redis;
        try
        {
            await AssertAwayAsync(loads, () => SignalAsync(server, "-STOP"));
        }
        finally
        {
            await SignalAsync(server, "-CONT");
        }

        return await UntilAnsweringAsync();
    }

    // Whoever may go on does so before the answer comes; whoever may not waits for it, and is served.
    private async Task<Stopwatch> SlowAsync(Dictionary<AwayMode, TenantLoad> loads)
    {
        ground.Proxy.Delay = TimeSpan.FromMilliseconds(50);
        var marks = loads.ToDictionary(load => load.Key, load => load.Value.Mark);
        foreach (var (mode, load) in loads)
            await load.UntilServedAsync(marks[mode], UnderWay + Some);
        ground.Proxy.Heal();
        return await UntilAnsweringAsync();
    }

    private async Task<Stopwatch> EmptyAsync(Dictionary<AwayMode, TenantLoad> loads)
    {
        var marks = loads.ToDictionary(load => load.Key, load => load.Value.Mark);
        Assert.Equal("+OK", await RedisWire.CommandAsync(ground.Platform.Servers.Redis, "FLUSHALL", Now));
        var emptied = Stopwatch.StartNew();

        // Whoever may not go on without Redis waits until its counters are made anew from the bill.
        await loads[AwayMode.FailClosed].UntilServedAsync(marks[AwayMode.FailClosed], UnderWay + Some);
        return emptied;
    }

    private async Task<PrivateServers> FollowAsync()
    {
        var replica = await TestServers.StartRedisAsync();
        var follow = string.Create(
            CultureInfo.InvariantCulture, $"REPLICAOF 127.0.0.1 {PlatformServers.PortOf(ground.Redis)}");
        Assert.Equal("+OK", await RedisWire.CommandAsync(replica.Redis, follow, Now));
        await Eventually.UntilAsync(
            async () => await RedisWire.CommandAsync(ground.Redis.Redis, "WAIT 1 1000", Now) == ":1",
            _deadline, "the replica follows", Now);
        return replica;
    }

    // What was written last may not have reached the replica when its master is killed, and for a while nobody is
    // there.
    private async Task<Stopwatch> FailOverAsync(Dictionary<AwayMode, TenantLoad> loads, PrivateServers replica)
    {
        var master = ground.Redis;
        try
        {
            await AssertAwayAsync(loads, () => SignalAsync(master, "-KILL"));
        }
        finally
        {
            await RedisWire.CommandAsync(replica.Redis, "REPLICAOF NO ONE", Now);
            await ground.FailOverToAsync(replica);
        }

        return await UntilAnsweringAsync();
    }

    private static async Task AssertAwayAsync(Dictionary<AwayMode, TenantLoad> loads, Func<Task> fault)
    {
        var before = loads.ToDictionary(load => load.Key, load => load.Value.Mark);
        await fault();
        var marks = loads.ToDictionary(load => load.Key, load => load.Value.Mark);
        foreach (var mode in new[] { AwayMode.FailClosed, AwayMode.Allowlist, AwayMode.LocalShare })
            await loads[mode].UntilRefusedAsync(marks[mode], UnderWay + Some);
        await loads[AwayMode.Observe].UntilServedAsync(loads[AwayMode.Observe].Mark, UnderWay + Some);

        const int share = (int)(RedisAwayGround.SharedLimitUsd / 2 / RedisAwayGround.HoldUsd);
        Assert.InRange(Served(AwayMode.FailClosed, marks), 0, UnderWay);
        Assert.InRange(Served(AwayMode.Allowlist, marks), 0, RedisAwayGround.AllowlistCalls + UnderWay);
        Assert.InRange(Served(AwayMode.LocalShare, marks), 0, share + UnderWay);
        Assert.InRange(Served(AwayMode.Allowlist, before), 1, int.MaxValue);
        Assert.InRange(Served(AwayMode.LocalShare, before), 1, int.MaxValue);

        int Served(AwayMode mode, Dictionary<AwayMode, int> since) =>
            loads[mode].Results.Skip(since[mode]).Count(call => call.Succeeded);
    }

    // Nobody is refused for another reason than that Redis is away, or that a share is all there is.
    private static void AssertRefusals(Dictionary<AwayMode, TenantLoad> loads)
    {
        foreach (var (mode, load) in loads)
        {
            var codes = load.Results.Where(call => !call.Succeeded)
                .Select(call => call.ErrorCode ?? call.ToString()).ToHashSet();
            codes.ExceptWith(mode switch
            {
                AwayMode.Observe => [],
                AwayMode.LocalShare => ["quota_unavailable", "budget_exceeded"],
                _ => ["quota_unavailable"],
            });
            Assert.Empty(codes);
        }

        // What may be spent without Redis is all that can be spent beyond the limit.
        var spent = loads[AwayMode.LocalShare].Results.Count(call => call.Succeeded) * RedisAwayGround.CostUsd;
        Assert.InRange(spent, RedisAwayGround.CostUsd, RedisAwayGround.SharedLimitUsd * 1.5m);
    }

    private async Task UntilChargedAsync(TenantLoad load)
    {
        var cost = load.Results.Count(call => call.Succeeded) * RedisAwayGround.CostUsd;
        await Eventually.UntilAsync(
            async () =>
            {
                var budget = await ground.Admin.GetAsync($"budgets/{load.Tenant}", Now);
                return (
                    Spent: budget.GetProperty("spent_usd").GetDecimal(),
                    Held: budget.GetProperty("held_usd").GetDecimal(),
                    Billed: await BilledAsync(load.Tenant));
            },
            seen => seen == (cost, 0, cost),
            _deadline, $"{load.Tenant} has spent and is billed {cost}, and holds nothing", Now);
    }

    private async Task<decimal> BilledAsync(string tenant) =>
        (await ground.Admin.GetAsync("usage?group_by=tenant", Now)).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("tenant").GetString() == tenant)
            .Sum(item => item.GetProperty("cost_usd").GetDecimal());

    private async Task<Stopwatch> UntilAnsweringAsync()
    {
        await Eventually.UntilAsync(
            async () => await RedisWire.CommandAsync(ground.Platform.Servers.Redis, "PING", Now) == "+PONG",
            _deadline, "Redis answers", Now);
        return Stopwatch.StartNew();
    }

    private static async Task SignalAsync(PrivateServers server, string signal)
    {
        var pid = server.ProcessIdOf(RealServer.Redis).ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [signal, pid]);
        await kill.WaitForExitAsync(Now);
        Assert.Equal(0, kill.ExitCode);
    }
}
