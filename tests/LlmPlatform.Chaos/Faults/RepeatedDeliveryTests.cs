using LlmPlatform.Chaos.Certificate;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Chaos.Oracle;
using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Chaos.Faults;

/// <summary>Everything delivered again, by the broker and by the edge: no figure moves.</summary>
public sealed class RepeatedDeliveryTests(ProvingGrounds grounds)
{
    private const int Calls = 24;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Envelopes_that_come_again_in_any_order_change_no_figure()
    {
        var ground = await grounds.OfAsync(PlatformMode.SeparateProcesses);
        await using var envelopes = await CapturedEnvelopes.OfAsync(ground.Servers.RabbitMq);
        await CallAllAsync(ground, Calls);
        var before = await BooksOracle.UntilBalancedAsync(ground, Now);

        var sent = await envelopes.DeliverAgainAsync(int.MaxValue, times: 3);
        ground.Faults.Enqueue($"{sent} envelopes delivered again");

        Assert.NotEqual(0, sent);
        await AssertUnchangedAsync(ground, before);
        Assert.Empty((await RebuiltBooks.OfAsync(ground.Platform)).Differences());
    }

    [Fact]
    public async Task An_edge_that_ships_its_spool_from_the_beginning_changes_no_figure()
    {
        const string Edge = "edge-1";
        var ground = await grounds.OfAsync(PlatformMode.SeparateProcesses);
        await CallAllAsync(ground, Calls);
        var before = await BooksOracle.UntilBalancedAsync(ground, Now);

        await ground.Platform.KillAsync(Edge);
        var cursors = Directory.GetFiles(
            Path.Combine(ground.Platform.DataDirectoryOf(Edge), "spool"), "*er.cursor", SearchOption.AllDirectories);
        Assert.NotEmpty(cursors);
        foreach (var cursor in cursors)
            File.Delete(cursor);
        await ground.Platform.EnsureRunningAsync(Now);
        ground.Faults.Enqueue($"{cursors.Length} cursors lost");

        await AssertUnchangedAsync(ground, before);
    }

    // What is asked last is read after all that was delivered before it: once it is in the books, so
    // would the repeats be.
    private static async Task AssertUnchangedAsync(ProvingGround ground, Verdict before)
    {
        await CallAllAsync(ground, ground.Platform.Edges.Count);
        var after = await BooksOracle.UntilBalancedAsync(ground, Now);

        Assert.Equal(before.Attempts + ground.Platform.Edges.Count, after.Attempts);
        Assert.Equal(before.Estimates, after.Estimates);
    }

    private static Task CallAllAsync(ProvingGround ground, int calls)
    {
        var edges = ground.Platform.Edges;
        return Task.WhenAll(Enumerable.Range(0, calls).Select(async number =>
        {
            var call = await ground.CallAsync(edges[number % edges.Count], length: 1, maxTokens: 200 + number);
            Assert.True(call.Result.Succeeded, call.Result.ToString());
        }));
    }
}
