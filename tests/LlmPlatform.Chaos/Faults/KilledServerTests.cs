using System.Diagnostics;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Chaos.Oracle;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Chaos.Faults;

/// <summary>The servers below the platform, stopped and killed under load.</summary>
public sealed class KilledServerTests(ProvingGrounds grounds)
{
    private const int Callers = 6;

    private static readonly TimeSpan _aWhile = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(30);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    // The plain run has its broker outage among the scenarios.
    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.SeparateProcesses)]
    [InlineData(PlatformMode.OneProcess)]
    public async Task No_request_fails_for_a_killed_broker_and_everything_arrives_after(PlatformMode mode) =>
        AssertServed(await BreakAsync(mode, RealServer.RabbitMq, isKilled: true, _aWhile));

    [Fact]
    [Trait("Category", "Long")]
    public async Task No_request_fails_for_a_stopped_broker_and_everything_arrives_after() =>
        AssertServed(
            await BreakAsync(PlatformMode.SeparateProcesses, RealServer.RabbitMq, isKilled: false, _aWhile));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.SeparateProcesses, true)]
    [InlineData(PlatformMode.SeparateProcesses, false)]
    [InlineData(PlatformMode.OneProcess, true)]
    [InlineData(PlatformMode.OneProcess, false)]
    public async Task No_request_fails_for_a_broker_that_is_away_for_30_seconds(PlatformMode mode, bool isKilled) =>
        AssertServed(await BreakAsync(mode, RealServer.RabbitMq, isKilled, _long));

    [Fact]
    public async Task No_request_fails_for_a_killed_PostgreSQL_and_everything_arrives_after() =>
        AssertServed(
            await BreakAsync(PlatformMode.SeparateProcesses, RealServer.Postgres, isKilled: true, _aWhile / 2));

    [Fact]
    [Trait("Category", "Long")]
    public async Task No_request_fails_for_a_killed_ClickHouse_and_everything_arrives_after() =>
        AssertServed(
            await BreakAsync(PlatformMode.SeparateProcesses, RealServer.ClickHouse, isKilled: true, _aWhile / 2));

    [Fact]
    public async Task A_killed_Redis_refuses_calls_for_a_time_and_neither_loses_nor_repeats_one()
    {
        var calls = await BreakAsync(PlatformMode.SeparateProcesses, RealServer.Redis, isKilled: true, _aWhile / 2);

        var refused = calls.Where(call => !call.Result.Succeeded).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, call => Assert.Equal("quota_unavailable", call.Result.ErrorCode));
    }

    private async Task<IReadOnlyList<CallMade>> BreakAsync(
        PlatformMode mode, RealServer server, bool isKilled, TimeSpan outage)
    {
        var ground = await grounds.OfAsync(mode);
        await using var load = new Load(ground, Callers);
        await load.UntilServedAsync(Callers, "calls are served before");

        await (isKilled ? ground.Servers.KillAsync(server) : ground.Servers.StopAsync(server));
        var away = Stopwatch.StartNew();
        // Without Redis nobody is served; how long it stays away is what is being tested.
        if (server != RealServer.Redis)
            await load.UntilServedAsync(Callers, $"calls are served without {server}");
        if (outage > away.Elapsed)
            await Task.Delay(outage - away.Elapsed, Now);
        await ground.Servers.RestartAsync(server);
        await load.UntilServedAsync(2 * Callers, "calls are served after");
        var calls = await load.StopAsync();
        ground.Faults.Enqueue($"{(isKilled ? "kill -9" : "stop")} {server}");

        await BooksOracle.UntilBalancedAsync(ground, Now);
        return calls;
    }

    private static void AssertServed(IReadOnlyList<CallMade> calls) =>
        Assert.All(calls, call => Assert.True(call.Result.Succeeded, call.Result.ToString()));
}
