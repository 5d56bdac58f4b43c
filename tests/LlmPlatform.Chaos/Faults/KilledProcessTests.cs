using System.Collections.Concurrent;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Chaos.Oracle;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit;

namespace LlmPlatform.Chaos.Faults;

/// <summary>kill -9 of any one process while streams of every length run, some of which end in that moment.</summary>
public sealed class KilledProcessTests(ProvingGrounds grounds)
{
    private const int Few = 32;
    private const int Many = 200;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.SeparateProcesses, "edge-1")]
    [InlineData(PlatformMode.OneProcess, PlatformUnderTest.Platform)]
    public Task The_books_balance_when_a_process_with_open_streams_is_killed(PlatformMode mode, string victim) =>
        KillAsync(mode, victim, Few);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.SeparateProcesses, "edge-1")]
    [InlineData(PlatformMode.SeparateProcesses, "router")]
    [InlineData(PlatformMode.SeparateProcesses, "metering")]
    [InlineData(PlatformMode.SeparateProcesses, "billing")]
    [InlineData(PlatformMode.SeparateProcesses, "audit")]
    [InlineData(PlatformMode.SeparateProcesses, "alerting")]
    [InlineData(PlatformMode.OneProcess, PlatformUnderTest.Platform)]
    public Task The_books_balance_whichever_process_is_killed_under_200_streams(PlatformMode mode, string victim) =>
        KillAsync(mode, victim, Many);

    private async Task KillAsync(PlatformMode mode, string victim, int streams)
    {
        var ground = await grounds.OfAsync(mode);
        var edges = ground.Platform.Edges;
        var begun = new ConcurrentDictionary<int, bool>();
        var calls = Enumerable.Range(0, streams)
            .Select(number => ground.CallAsync(
                edges[number % edges.Count],
                length: 1 + (number / edges.Count % ProvingGround.Lengths),
                maxTokens: 100 + number,
                onText: () => begun[number] = true))
            .ToList();
        await Eventually.UntilAsync(
            () => begun.Count == streams && calls.Count(call => call.IsCompleted) >= streams / 4, _deadline,
            "every stream has begun, and a quarter has ended", Now);

        var killedEdge = ground.Platform.Processes[victim].Url;
        await ground.Platform.KillAsync(victim);
        var made = await Task.WhenAll(calls);
        await ground.Platform.EnsureRunningAsync(Now);
        ground.Faults.Enqueue($"kill -9 {victim}");

        var broken = made.Where(call => !call.Result.Succeeded).ToList();
        Assert.All(broken, call => Assert.Equal(killedEdge, call.Edge));
        if (edges.Contains(killedEdge))
            Assert.NotEmpty(broken);
        await BooksOracle.UntilBalancedAsync(ground, Now);
    }
}
