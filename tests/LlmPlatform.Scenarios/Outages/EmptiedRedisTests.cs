using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>Redis loses all it knew under load: budgets are shut until they know again what was spent.</summary>
public sealed class EmptiedRedisTests(SharedStages stages)
{
    private const int Callers = 4;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task After_a_flush_no_call_is_admitted_blindly_and_the_budget_equals_the_bill_again(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        stage.Provider.Script = new ProviderScript
        {
            Usage = new ProviderUsage(Prompt: 100, Completion: 50),
            DelayPerChunk = TimeSpan.FromMilliseconds(10),
        };
        var results = new ConcurrentQueue<ChatResult>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = Enumerable.Range(0, Callers)
            .Select(number => CallUntilAsync(stage, number, results, enough))
            .ToList();
        await UntilMoreAsync(results, "calls are served");
        var before = await SpentAsync(stage);

        var emptied = Stopwatch.StartNew();
        await RedisWire.CommandAsync(stage.Platform.Servers.Redis, "FLUSHALL", Now);
        await UntilMoreAsync(results, "calls are served again");
        TestContext.Current.SendDiagnosticMessage($"served again after {emptied.Elapsed}");
        await Eventually.UntilAsync(
            () => SpentAsync(stage), spent => spent >= before, _deadline, "what was spent before is known again", Now);
        await enough.CancelAsync();
        await Task.WhenAll(load);

        Assert.All(results, call => Assert.True(
            call.Succeeded || call.ErrorCode == "quota_unavailable", call.ToString()));
        var cost = results.Count(call => call.Succeeded) * 0.0002m;
        await Eventually.UntilAsync(
            async () => (Budget: await SpentAsync(stage), Bill: await SpentByBillingAsync(stage)),
            spent => spent.Budget >= before && spent.Budget == spent.Bill,
            _deadline, "the budget has spent what billing has", Now);
        Assert.True(await SpentAsync(stage) >= cost);
        await Eventually.UntilAsync(
            async () => (Budget: await SpentTokensAsync(stage), Bill: await TokensByBillingAsync(stage)),
            spent => spent.Budget > 0 && spent.Budget == spent.Bill,
            _deadline, "the budget of tokens has spent what billing has", Now);
    }

    private static async Task CallUntilAsync(
        Stage stage, int number, ConcurrentQueue<ChatResult> results, CancellationTokenSource enough)
    {
        var caller = new ChatCaller(stage.Configuration.RichKey);
        var edge = stage.Platform.Edges[number % stage.Platform.Edges.Count];
        while (!enough.IsCancellationRequested)
            results.Enqueue(await caller.StreamAsync(
                edge, StageConfiguration.Chat, maxTokens: 100, cancellationToken: Now));
    }

    private static Task UntilMoreAsync(ConcurrentQueue<ChatResult> results, string because)
    {
        var before = results.Count(call => call.Succeeded);
        return Eventually.UntilAsync(
            () => results.Count(call => call.Succeeded) > before + (5 * Callers), _deadline, because, Now);
    }

    private static async Task<decimal> SpentAsync(Stage stage) =>
        (await stage.Admin.GetAsync($"budgets/{StageConfiguration.Plenty}", Now)).GetProperty("spent_usd").GetDecimal();

    private static async Task<decimal> SpentByBillingAsync(Stage stage) =>
        (await stage.Admin.GetAsync("usage?group_by=tenant", Now)).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("tenant").GetString() == "rich")
            .Sum(item => item.GetProperty("cost_usd").GetDecimal());

    private static async Task<long> SpentTokensAsync(Stage stage) =>
        (await stage.Admin.GetAsync($"budgets/{StageConfiguration.PlentyTokens}", Now))
            .GetProperty("spent_tokens").GetInt64();

    private static async Task<long> TokensByBillingAsync(Stage stage) =>
        (await stage.Admin.GetAsync("usage?group_by=tenant", Now)).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("tenant").GetString() == "rich")
            .Sum(item => item.GetProperty("input_tokens").GetInt64() + item.GetProperty("output_tokens").GetInt64());
}
