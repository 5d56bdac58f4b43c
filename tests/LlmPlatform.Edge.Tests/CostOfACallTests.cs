using System.Diagnostics;
using LlmPlatform.Bench.Contenders;
using LlmPlatform.Bench.Loads;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Edge.Tests;

/// <summary>
/// What a call may cost, in figures that a busy machine does not move: bytes allocated, and processor time against the
/// least that a forwarder needs, both beside the same caller and provider and in the same minute. A call that becomes
/// twice as dear fails here; the exact figures are <c>./bench.sh</c>'s.
/// </summary>
[Collection<NothingElse>]
public sealed class CostOfACallTests(EdgeUnderTest edge, ITestOutputHelper output)
{
    private const int Connections = 16;
    private const int WarmUpCalls = 1600;
    private const int Calls = 480;
    private const int Rounds = 5;

    // Of a build without optimisation, as tests are, when they were last set: the least of five rounds 9,400 bytes,
    // and 4 to 8.7 times the forwarder in the median on a machine that was busy with much else.
    private const double MostTimesTheForwarder = 12;
    private const double MostBytes = 11_500;

    private const string Answer =
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":
        {"role":"assistant","content":"Sixty characters of an answer that is as short as they come."},
        "finish_reason":"stop"}],"usage":{"prompt_tokens":250,"completion_tokens":200,"total_tokens":450}}
        """;

    [Fact]
    public async Task A_call_costs_no_more_than_it_did()
    {
        var model = edge.NewModel("r");
        edge.Raw.Whole(model, 200, Answer);
        await using var forwarder = Forwarder.Build(0, new Uri(edge.Raw.BaseUrl.GetLeftPart(UriPartial.Authority)));
        await forwarder.StartAsync(TestContext.Current.CancellationToken);
        var ours = CallersOf(edge.Address, model);
        var least = CallersOf(new Uri(forwarder.Urls.Single()), model);
        await CallAsync(ours, WarmUpCalls);
        await CallAsync(least, WarmUpCalls);

        var ratios = new List<double>();
        var bytes = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var (leastTime, leastBytes) = await CostAsync(least);
            var (time, allocated) = await CostAsync(ours);
            output.WriteLine($"{time:0} µs and {allocated:0} B, the forwarder {leastTime:0} µs and {leastBytes:0} B");
            ratios.Add(time / leastTime);
            bytes.Add(allocated - leastBytes);
        }

        Array.ForEach([.. ours, .. least], caller => caller.Dispose());
        Assert.InRange(ratios.Order().ElementAt(Rounds / 2), 0, MostTimesTheForwarder);
        Assert.InRange(bytes.Min(), 0, MostBytes);
    }

    private static LoadConnection[] CallersOf(Uri address, string model)
    {
        var target = new Uri(address, "/v1/chat/completions");
        var request = new Workload("small", model, 900, false).Request(target, Landscape.Open, "");
        return [.. Enumerable.Range(0, Connections).Select(_ => new LoadConnection(target, request))];
    }

    private static Task CallAsync(LoadConnection[] callers, int calls) =>
        Task.WhenAll(callers.Select(caller => Task.Run(async () =>
        {
            for (var call = 0; call < calls / Connections; call++)
            {
                Assert.True(await caller.CallAsync());
            }
        })));

    // What the process does by itself goes on beside the calls, and on a busy machine for longer than they need: as
    // long a time without calls shows what to take off.
    private static async Task<(double Microseconds, double Bytes)> CostAsync(LoadConnection[] callers)
    {
        var began = Stopwatch.GetTimestamp();
        var (time, bytes) = await SpentAsync(() => CallAsync(callers, Calls));
        var length = Stopwatch.GetElapsedTime(began);
        var (idleTime, idleBytes) = await SpentAsync(() => Task.Delay(length));
        return ((time - idleTime) / Calls, (bytes - idleBytes) / Calls);
    }

    private static async Task<(double Microseconds, double Bytes)> SpentAsync(Func<Task> what)
    {
        var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
        await what();
        return (
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds,
            GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }
}
