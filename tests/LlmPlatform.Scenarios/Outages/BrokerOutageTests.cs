using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>RabbitMQ stopped under load: callers do not notice, and nothing is lost.</summary>
public sealed class BrokerOutageTests(SharedStages stages)
{
    private const int Callers = 8;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public Task No_request_fails_while_the_broker_is_away_and_everything_arrives_after() =>
        StopBrokerUnderLoadAsync(PlatformMode.SeparateProcesses, TimeSpan.FromSeconds(5));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public Task No_request_fails_while_the_broker_is_away_for_30_seconds_and_everything_arrives_after(
        PlatformMode mode) =>
        StopBrokerUnderLoadAsync(mode, TimeSpan.FromSeconds(30));

    private async Task StopBrokerUnderLoadAsync(PlatformMode mode, TimeSpan outage)
    {
        var stage = await stages.OfAsync(mode);
        stage.Provider.ScriptModel(StageConfiguration.Outage, new ProviderScript
        {
            UsageOf = body => new ProviderUsage(100, body.GetProperty("max_tokens").GetInt32()),
            DelayPerChunk = TimeSpan.FromMilliseconds(20),
        });
        var results = new ConcurrentQueue<ChatResult>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = Enumerable.Range(0, Callers)
            .Select(number => CallUntilAsync(stage, number, results, enough))
            .ToList();
        await UntilMoreAsync(results, "calls were served before the outage");

        var broker = stage.Platform.Servers.OwnBroker!;
        await broker.StopAsync(RealServer.RabbitMq);
        try
        {
            var away = Stopwatch.StartNew();
            await UntilMoreAsync(results, "calls are served during the outage");
            // The outage is of a length, not until something happens.
            if (outage > away.Elapsed)
                await Task.Delay(outage - away.Elapsed, Now);
        }
        finally
        {
            await broker.RestartAsync(RealServer.RabbitMq);
        }

        await UntilMoreAsync(results, "calls are served after the outage");
        await enough.CancelAsync();
        await Task.WhenAll(load);

        Assert.All(results, call => Assert.True(call.Succeeded, call.ToString()));
        var compared = await LedgerComparison.UntilEqualAsync(stage, [StageConfiguration.Outage], _deadline, Now);
        Assert.All(compared, pair => LedgerComparison.AssertExact(pair.Attempt, pair.Row));
        await Eventually.UntilAsync(
            async () =>
            {
                var trail = await stage.Admin.GetTextAsync("audit/export?kind=request", Now);
                return results.Where(call => !trail.Contains(call.RequestId!, StringComparison.Ordinal)).ToList();
            },
            missing => missing.Count == 0,
            _deadline, "the audit trail has every call", Now);
    }

    private static async Task CallUntilAsync(
        Stage stage, int number, ConcurrentQueue<ChatResult> results, CancellationTokenSource enough)
    {
        var edge = stage.Platform.Edges[number % stage.Platform.Edges.Count];
        for (var call = 0; !enough.IsCancellationRequested; call++)
        {
            results.Enqueue(await stage.Caller.StreamAsync(
                edge, StageConfiguration.Outage, maxTokens: 100 + call, cancellationToken: Now));
        }
    }

    private static Task UntilMoreAsync(ConcurrentQueue<ChatResult> results, string because)
    {
        var before = results.Count;
        return Eventually.UntilAsync(() => results.Count > before + Callers, _deadline, because, Now);
    }
}
