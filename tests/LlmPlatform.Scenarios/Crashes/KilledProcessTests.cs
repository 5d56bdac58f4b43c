using System.Collections.Concurrent;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Crashes;

/// <summary>kill -9 of any one process while streams run: every attempt is billed, and billed once.</summary>
public sealed class KilledProcessTests(SharedStages stages)
{
    private const int Few = 40;
    private const int Many = 200;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);
    private static readonly string[] _models = [StageConfiguration.Quick, StageConfiguration.Slow];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess, PlatformUnderTest.Platform)]
    [InlineData(PlatformMode.SeparateProcesses, "edge-1")]
    [InlineData(PlatformMode.SeparateProcesses, "router")]
    [InlineData(PlatformMode.SeparateProcesses, "metering")]
    [InlineData(PlatformMode.SeparateProcesses, "billing")]
    [InlineData(PlatformMode.SeparateProcesses, "audit")]
    [InlineData(PlatformMode.SeparateProcesses, "alerting")]
    public Task Every_attempt_is_billed_once_whichever_process_is_killed(PlatformMode mode, string victim) =>
        KillWhileStreamsRunAsync(mode, victim, Few);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.OneProcess, PlatformUnderTest.Platform)]
    [InlineData(PlatformMode.SeparateProcesses, "edge-1")]
    [InlineData(PlatformMode.SeparateProcesses, "router")]
    [InlineData(PlatformMode.SeparateProcesses, "metering")]
    [InlineData(PlatformMode.SeparateProcesses, "billing")]
    [InlineData(PlatformMode.SeparateProcesses, "audit")]
    [InlineData(PlatformMode.SeparateProcesses, "alerting")]
    public Task Every_attempt_of_200_streams_is_billed_once_whichever_process_is_killed(
        PlatformMode mode, string victim) =>
        KillWhileStreamsRunAsync(mode, victim, Many);

    private async Task KillWhileStreamsRunAsync(PlatformMode mode, string victim, int streams)
    {
        var stage = await stages.OfAsync(mode);
        Script(stage.Provider);
        var begun = new ConcurrentDictionary<int, bool>();
        var calls = Enumerable.Range(0, streams).Select(number => CallAsync(stage, number, begun)).ToList();

        // Half of them have ended by then, and the other half have begun to arrive.
        await Task.WhenAll(calls.Where((_, number) => ModelOf(number) == StageConfiguration.Quick));
        await Eventually.UntilAsync(
            () => begun.Count == streams, _deadline, "every stream has begun", Now);
        var victimEdge = stage.Platform.Processes[victim].Url;
        await stage.Platform.KillAsync(victim);
        var results = await Task.WhenAll(calls);
        await AssertServedMeanwhileAsync(stage, victim);
        await stage.Platform.EnsureRunningAsync(Now);

        var broken = results.Where(call => !call.Result.Succeeded).ToList();
        Assert.All(broken, call => Assert.Equal(victimEdge, call.Edge));
        Assert.All(broken, call => Assert.Equal(StageConfiguration.Slow, ModelOf(call.Number)));
        if (stage.Platform.Edges.Contains(victimEdge))
            Assert.NotEmpty(broken);
        await AssertBilledAsync(stage, [.. broken.Select(call => call.Result.RequestId!)]);
        await AssertAuditedAsync(stage, results);
    }

    // Each asks for another number of tokens, so that a row cannot be right by accident.
    private static void Script(FakeProvider provider)
    {
        var quick = new ProviderScript
        {
            UsageOf = body => new ProviderUsage(100, body.GetProperty("max_tokens").GetInt32()),
            Chunks = 5,
            DelayPerChunk = TimeSpan.FromMilliseconds(20),
        };
        provider.ScriptModel(StageConfiguration.Quick, quick);
        provider.ScriptModel(
            StageConfiguration.Slow, quick with { Chunks = 50, DelayPerChunk = TimeSpan.FromMilliseconds(100) });
    }

    private static string ModelOf(int number) =>
        number % 4 < 2 ? StageConfiguration.Quick : StageConfiguration.Slow;

    private static async Task<(int Number, Uri Edge, ChatResult Result)> CallAsync(
        Stage stage, int number, ConcurrentDictionary<int, bool> begun)
    {
        var edge = stage.Platform.Edges[number % stage.Platform.Edges.Count];
        var result = await stage.Caller.StreamAsync(
            edge, ModelOf(number), maxTokens: 100 + number, onText: () => begun[number] = true, cancellationToken: Now);
        return (number, edge, result);
    }

    // Whoever is away, callers of an edge that is there notice nothing.
    private static async Task AssertServedMeanwhileAsync(Stage stage, string victim)
    {
        foreach (var edge in stage.Platform.Edges.Where(edge => edge != stage.Platform.Processes[victim].Url))
        {
            var call = await stage.Caller.StreamAsync(edge, StageConfiguration.Quick, cancellationToken: Now);
            Assert.True(call.Succeeded, call.ToString());
        }
    }

    private static async Task AssertBilledAsync(Stage stage, HashSet<string> broken)
    {
        var compared = await LedgerComparison.UntilEqualAsync(stage, _models, _deadline, Now);
        foreach (var (attempt, row) in compared.Where(pair => !broken.Contains(pair.Attempt.RequestId!)))
        {
            // Rows of earlier kills are among them, marked as what they are.
            if (attempt.Outcome == AttemptOutcome.Completed)
                LedgerComparison.AssertExact(attempt, row);
            else
                Assert.Equal(UsageRow.RecoveredEstimate, row.UsageSource);
        }

        foreach (var (_, row) in compared.Where(pair => broken.Contains(pair.Attempt.RequestId!)))
            Assert.Equal((UsageRow.RecoveredEstimate, "recovered"), (row.UsageSource, row.Outcome));
    }

    private static async Task AssertAuditedAsync(
        Stage stage, IEnumerable<(int Number, Uri Edge, ChatResult Result)> results)
    {
        foreach (var (_, _, result) in results)
        {
            await Eventually.UntilAsync(
                () => stage.Admin.GetAsync($"audit/{result.RequestId}", Now),
                record => record.GetProperty("kind").GetString()!.StartsWith("request", StringComparison.Ordinal),
                _deadline, $"the audit trail has {result.RequestId}", Now);
        }

        var verified = await stage.Admin.GetAsync("audit/verify", Now);
        Assert.True(verified.GetProperty("ok").GetBoolean(), verified.ToString());
    }
}
