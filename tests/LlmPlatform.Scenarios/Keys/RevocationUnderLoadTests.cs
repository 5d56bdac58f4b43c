using System.Collections.Concurrent;
using System.Net;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Scenarios.Keys;

/// <summary>A key is taken back while it calls on two edges, with the bus there and with the bus away.</summary>
public sealed class RevocationUnderLoadTests(SharedStages stages)
{
    private const int CallersOfAnEdge = 4;

    private static readonly TimeSpan _promise = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_call_begun_a_second_after_is_served_on_either_edge_and_other_keys_notice_nothing(
        bool busIsAway)
    {
        var stage = await stages.OfAsync(PlatformMode.SeparateProcesses);
        if (!busIsAway)
        {
            await TakeBackUnderLoadAsync(stage, "taken-back");
            return;
        }

        var broker = stage.Platform.Servers.OwnBroker!;
        await broker.StopAsync(RealServer.RabbitMq);
        try
        {
            await TakeBackUnderLoadAsync(stage, "taken-back-without-bus");
        }
        finally
        {
            await broker.RestartAsync(RealServer.RabbitMq);
        }
    }

    private static async Task TakeBackUnderLoadAsync(Stage stage, string name)
    {
        var made = await stage.Admin.PostAsync("keys", new { name, tenant = "acme" }, Now);
        var caller = new ChatCaller(made.GetProperty("key").GetString()!);
        foreach (var edge in stage.Platform.Edges)
        {
            await Eventually.UntilAsync(
                () => caller.CompleteAsync(edge, StageConfiguration.Quick, cancellationToken: Now),
                call => call.Succeeded,
                _deadline, "the new key works on every edge", Now);
        }

        var calls = new ConcurrentQueue<Call>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var load = stage.Platform.Edges
            .SelectMany(edge => Enumerable.Range(0, CallersOfAnEdge).Select(number => CallOnAsync(
                edge, number == 0 ? stage.Caller : caller, isTaken: number != 0, calls, enough.Token)))
            .ToList();
        await UntilServedOnBothAsync(stage, calls);

        await stage.Admin.PostAsync($"keys/{name}/revoke", null, Now);
        var answeredAt = TimeProvider.System.GetTimestamp();
        await Eventually.UntilAsync(
            () => stage.Platform.Edges.All(edge => calls.Count(call => call.Edge == edge && call.IsTaken
                && TimeProvider.System.GetElapsedTime(answeredAt, call.BegunAt) > _promise) > CallersOfAnEdge),
            _deadline, "calls went on for a while", Now);
        await enough.CancelAsync();
        await Task.WhenAll(load);

        Assert.All(calls.Where(call => !call.IsTaken), call => Assert.True(call.Result.Succeeded, $"{call.Result}"));
        var late = calls.Where(call => call.IsTaken
            && TimeProvider.System.GetElapsedTime(answeredAt, call.BegunAt) > _promise);
        Assert.All(late, call => Assert.Equal(
            (HttpStatusCode.Unauthorized, "invalid_api_key"), (call.Result.Status, call.Result.ErrorCode)));
    }

    private static Task UntilServedOnBothAsync(Stage stage, ConcurrentQueue<Call> calls) =>
        Eventually.UntilAsync(
            () => stage.Platform.Edges.All(edge => calls.Count(call =>
                call.Edge == edge && call.IsTaken && call.Result.Succeeded) > CallersOfAnEdge),
            _deadline, "the key is in use on both edges", Now);

    private static async Task CallOnAsync(
        Uri edge, ChatCaller caller, bool isTaken, ConcurrentQueue<Call> calls, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var begunAt = TimeProvider.System.GetTimestamp();
            var result = await caller.CompleteAsync(edge, StageConfiguration.Quick, cancellationToken: Now);
            calls.Enqueue(new Call(edge, isTaken, begunAt, result));
        }
    }

    private sealed record Call(Uri Edge, bool IsTaken, long BegunAt, ChatResult Result);
}
