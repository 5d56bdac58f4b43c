using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Shutdown;

public sealed class GracefulStopTests(SharedStages stages)
{
    private const int Streams = 12;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess, PlatformUnderTest.Platform)]
    [InlineData(PlatformMode.SeparateProcesses, "edge-1")]
    public async Task A_process_told_to_stop_ends_its_streams_and_hands_over_what_they_cost(
        PlatformMode mode, string name)
    {
        var stage = await stages.OfAsync(mode);
        var process = stage.Platform.Processes[name];
        stage.Provider.Script = new ProviderScript { Chunks = 30, DelayPerChunk = TimeSpan.FromMilliseconds(100) };
        var begun = 0;
        var before = stage.Provider.Ledger.Attempts.Count;
        var calls = Enumerable.Range(0, Streams)
            .Select(_ => StreamAsync(stage, process.Url, () => Interlocked.Increment(ref begun)))
            .ToList();
        await Eventually.UntilAsync(
            () => Volatile.Read(ref begun) == Streams, _deadline, "every stream has begun", Now);

        await process.TerminateAsync();
        var results = await Task.WhenAll(calls);
        var code = await process.UntilEndedAsync();

        Assert.All(results, call => Assert.True(call.Succeeded, call.ToString()));
        Assert.Equal(0, code);
        await Eventually.UntilAsync(
            () => stage.Provider.Ledger.Attempts.Skip(before).Count(
                attempt => attempt.Outcome == AttemptOutcome.Completed) == Streams,
            _deadline, "the provider was heard to the end by all", Now);

        // All services are in the one process, billing too: what is on the bus is stored when it is back.
        if (mode == PlatformMode.OneProcess)
            await stage.Platform.EnsureRunningAsync(Now);
        var compared = await LedgerComparison.UntilEqualAsync(stage, [StageConfiguration.Chat], _deadline, Now);
        foreach (var (attempt, row) in compared.TakeLast(Streams))
            LedgerComparison.AssertExact(attempt, row);
    }

    private static Task<ChatResult> StreamAsync(Stage stage, Uri edge, Action begun)
    {
        var first = 1;
        return stage.Caller.StreamAsync(
            edge,
            StageConfiguration.Chat,
            onText: () =>
            {
                if (Interlocked.Exchange(ref first, 0) == 1)
                    begun();
            },
            cancellationToken: Now);
    }
}
