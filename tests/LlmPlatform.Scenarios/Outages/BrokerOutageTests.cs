using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>RabbitMQ stopped under load: callers do not notice, and nothing is lost.</summary>
public sealed class BrokerOutageTests
{
    private const int Callers = 8;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public Task No_request_fails_while_the_broker_is_away_and_everything_arrives_after(PlatformMode mode) =>
        StopBrokerUnderLoadAsync(mode, TimeSpan.FromSeconds(8));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public Task No_request_fails_while_the_broker_is_away_for_30_seconds_and_everything_arrives_after(
        PlatformMode mode) =>
        StopBrokerUnderLoadAsync(mode, TimeSpan.FromSeconds(30));

    private static async Task StopBrokerUnderLoadAsync(PlatformMode mode, TimeSpan outage)
    {
        await using var stage = await Stage.StartAsync(mode, PlatformServers.WithOwnBrokerAsync());
        stage.Provider.Script = new ProviderScript
        {
            UsageOf = body => new ProviderUsage(100, body.GetProperty("max_tokens").GetInt32()),
            DelayPerChunk = TimeSpan.FromMilliseconds(10),
        };
        var results = new ConcurrentQueue<ChatResult>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = Enumerable.Range(0, Callers)
            .Select(number => CallUntilAsync(stage, number, results, enough))
            .ToList();
        await UntilMoreAsync(results, "calls were served before the outage");

        var broker = stage.Platform.Servers.OwnBroker!;
        await broker.StopAsync(RealServer.RabbitMq);
        var away = Stopwatch.StartNew();
        await UntilMoreAsync(results, "calls are served during the outage");
        await AssertRevocationActsAsync(stage);
        // The outage is of a length, not until something happens.
        if (outage > away.Elapsed)
            await Task.Delay(outage - away.Elapsed, Now);
        await broker.RestartAsync(RealServer.RabbitMq);
        await UntilMoreAsync(results, "calls are served after the outage");
        await enough.CancelAsync();
        await Task.WhenAll(load);

        Assert.All(results, call => Assert.True(call.Succeeded, call.ToString()));
        var compared = await LedgerComparison.UntilEqualAsync(stage, [StageConfiguration.Chat], _deadline, Now);
        Assert.All(compared, pair => LedgerComparison.AssertExact(pair.Attempt, pair.Row));
        foreach (var call in results)
        {
            await Eventually.UntilAsync(
                () => stage.Admin.GetAsync($"audit/{call.RequestId}", Now),
                record => record.GetProperty("sequence").GetInt64() > 0,
                _deadline, $"the audit trail has {call.RequestId}", Now);
        }
    }

    private static async Task CallUntilAsync(
        Stage stage, int number, ConcurrentQueue<ChatResult> results, CancellationTokenSource enough)
    {
        var edge = stage.Platform.Edges[number % stage.Platform.Edges.Count];
        for (var call = 0; !enough.IsCancellationRequested; call++)
        {
            results.Enqueue(await stage.Caller.StreamAsync(
                edge, StageConfiguration.Chat, maxTokens: 100 + call, cancellationToken: Now));
        }
    }

    private static Task UntilMoreAsync(ConcurrentQueue<ChatResult> results, string because)
    {
        var before = results.Count;
        return Eventually.UntilAsync(() => results.Count > before + Callers, _deadline, because, Now);
    }

    // A key is taken back on every edge within a second even now: Redis says so, not the bus.
    private static async Task AssertRevocationActsAsync(Stage stage)
    {
        var key = await stage.Admin.PostAsync("keys", new { name = "for-outage", tenant = "acme" }, Now);
        var caller = new ChatCaller(key.GetProperty("key").GetString()!);
        foreach (var edge in stage.Platform.Edges)
        {
            await Eventually.UntilAsync(
                () => caller.CompleteAsync(edge, StageConfiguration.Quick, cancellationToken: Now),
                call => call.Succeeded,
                _deadline, "the new key works on every edge", Now);
        }

        await stage.Admin.PostAsync($"keys/{key.GetProperty("id").GetString()}/revoke", null, Now);
        foreach (var edge in stage.Platform.Edges)
        {
            await Eventually.UntilAsync(
                () => caller.CompleteAsync(edge, StageConfiguration.Quick, cancellationToken: Now),
                call => call.Status == HttpStatusCode.Unauthorized,
                TimeSpan.FromSeconds(1), "the revoked key is refused on every edge", Now);
        }
    }
}
