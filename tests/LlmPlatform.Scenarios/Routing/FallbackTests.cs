using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Routing;

public sealed class FallbackTests(SharedStages stages)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task Where_the_first_provider_has_no_capacity_the_second_answers_and_is_billed(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        stage.Provider.RefuseNext(1, 503);

        var call = await stage.Caller.StreamAsync(
            stage.Platform.Edges[0], StageConfiguration.Resilient, cancellationToken: Now);

        AssertServedByBackup(call);
        await AssertBilledOnceAsync(stage, call);
    }

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task Where_nobody_is_at_the_first_provider_the_second_answers_and_is_billed(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        await stage.Provider.GoAwayAsync();
        ChatResult call;
        try
        {
            call = await stage.Caller.StreamAsync(
                stage.Platform.Edges[0], StageConfiguration.Resilient, cancellationToken: Now);
        }
        finally
        {
            await stage.Provider.ComeBackAsync();
        }

        AssertServedByBackup(call);
        await AssertBilledOnceAsync(stage, call);
    }

    private static void AssertServedByBackup(ChatResult call)
    {
        Assert.True(call.Succeeded, call.ToString());
        Assert.Equal("true", call.Headers["X-Model-Fallback"]);
        Assert.Equal("backup", call.Headers["X-Provider"]);
        Assert.Equal(StageConfiguration.Resilient, call.Headers["X-Model"]);
        Assert.NotEmpty(call.Headers["X-Fallback-Reason"]);
    }

    // The provider that did not serve bills nothing, and so there is no row of it.
    private static async Task AssertBilledOnceAsync(Stage stage, ChatResult call)
    {
        var served = Assert.Single(stage.Backup.Ledger.Attempts, attempt => attempt.RequestId == call.RequestId);
        var rows = await Eventually.UntilAsync(
            async () => (await UsageRow.ReadAsync(stage.Platform, [StageConfiguration.Resilient], Now))
                .Where(row => row.RequestId == call.RequestId).ToList(),
            rows => rows.Count > 0, TimeSpan.FromMinutes(5), "the call is billed", Now);
        var row = Assert.Single(rows);
        Assert.Equal(2, row.Attempt);
        LedgerComparison.AssertExact(served, row);
    }
}
