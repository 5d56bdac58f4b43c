using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using static LlmPlatform.Edge.Tests.Routing.RoutedEdge;

namespace LlmPlatform.Edge.Tests.Routing;

/// <summary>
/// Five deployments behind one model of each strategy: a fast one, a slow one, one that refuses with 429, one that
/// comes and goes, and one that always fails. Callers must not notice.
/// </summary>
public sealed class ProviderFarmTests(EdgeUnderTest first) : IAsyncLifetime
{
    private const int Callers = 6;

    // More than a busy machine adds to the others: what is quick must be seen to be.
    private static readonly TimeSpan SlowFirstByte = TimeSpan.FromMilliseconds(250);

    private static readonly string[] Names = ["fast", "slow", "limited", "flapping", "dead"];

    private static readonly string[] Strategies =
        ["weighted", "round_robin", "lowest_latency", "lowest_cost", "least_busy", "consistent_hash"];

    private readonly Dictionary<string, FakeProvider> _farm = [];
    private RoutedEdge _edge = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var name in Names)
        {
            _farm[name] = await FakeProvider.StartAsync(new ProviderScript
            {
                FirstByteDelay = name == "slow" ? SlowFirstByte : TimeSpan.Zero,
                Chunks = 1,
            });
        }

        _farm["dead"].RefuseNext(50_000, 500);
        _edge = await RoutedEdge.StartAsync(first, Routes());
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        foreach (var provider in _farm.Values)
        {
            await provider.DisposeAsync();
        }
    }

    [Fact]
    public Task Callers_are_served_whichever_of_five_deployments_are_well() => RunAsync(TimeSpan.FromSeconds(10));

    [Fact]
    [Trait("Category", "Long")]
    public Task Callers_are_served_for_two_minutes_whichever_of_five_deployments_are_well() =>
        RunAsync(TimeSpan.FromMinutes(2));

    private async Task RunAsync(TimeSpan length)
    {
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var served = new ConcurrentBag<(string Model, string Provider)>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var calm = CancellationTokenSource.CreateLinkedTokenSource(enough.Token);
        var clock = Stopwatch.StartNew();
        var weather = WeatherAsync(calm.Token);
        var load = Enumerable.Range(0, Callers).Select(caller => CallAsync(caller, statuses, served, enough.Token));
        var calls = Task.WhenAll(load.ToList());

        await Eventually.UntilAsync(
            () => Task.FromResult(clock.Elapsed > length && statuses.Count > 600 && weather.IsCompleted is false),
            length + TimeSpan.FromSeconds(60),
            "the load has lasted");
        await calm.CancelAsync();
        await weather;
        await _farm["flapping"].ComeBackAsync(mayBeThere: true);
        await RecoversAsync();
        await enough.CancelAsync();
        await calls;

        AssertServed(statuses);
        AssertShares(served);
        AssertLeftAlone(clock.Elapsed);
    }

    private static void AssertServed(ConcurrentBag<HttpStatusCode> statuses)
    {
        var failed = statuses.Count(status => status != HttpStatusCode.OK);
        Assert.True(failed <= statuses.Count / 1000, $"{failed} of {statuses.Count} calls failed");
    }

    private static void AssertShares(ConcurrentBag<(string Model, string Provider)> served)
    {
        // Of those that are always well. By latency the fast one wins against the slow one always and against a third
        // half of the time, the slow one only against what has just failed: two of three at least.
        AssertShare("weighted", "fast", 0.75, 0.75);
        AssertShare("round_robin", "fast", 0.5, 0.5);
        AssertShare("lowest_latency", "fast", 2.0 / 3, 1);
        AssertShare("lowest_cost", "slow", 1, 1);

        // Within the 5 % that are promised, and what the chance of so many calls adds in all but one run of a thousand.
        void AssertShare(string model, string provider, double least, double most)
        {
            var steady = served.Where(call => call.Model == model && call.Provider is "fast" or "slow").ToList();
            var share = steady.Count(call => call.Provider == provider) / (double)steady.Count;
            Assert.True(
                share >= least - ToleranceOf(least) && share <= most + ToleranceOf(most),
                $"{share:P1} of {steady.Count} calls by {model} went to {provider}, not {least:P0} to {most:P0}");

            double ToleranceOf(double expected) =>
                0.05 + (3.3 * Math.Sqrt(expected * (1 - expected) / steady.Count));
        }
    }

    // Five failures open a circuit, those under way at that moment fail too, and then one call tries each second.
    private void AssertLeftAlone(TimeSpan length)
    {
        var most = Callers + 5 + Math.Ceiling(length.TotalSeconds) + 1;
        Assert.All(
            _farm["dead"].Ledger.Attempts.CountBy(attempt => attempt.Model),
            calls => Assert.True(calls.Value <= most, $"{calls.Value} calls to a dead deployment, of {most}"));
    }

    private async Task RecoversAsync()
    {
        var before = _farm["flapping"].Ledger.Completed.Count;
        await Eventually.UntilAsync(
            () => Task.FromResult(_farm["flapping"].Ledger.Completed.Count > before),
            TimeSpan.FromSeconds(60),
            "what came back is called again");
    }

    private async Task WeatherAsync(CancellationToken enough)
    {
        try
        {
            for (var round = 0; !enough.IsCancellationRequested; round++)
            {
                await Task.Delay(400, enough);
                _farm["limited"].RefuseNext(4, 429, round % 2 == 0 ? TimeSpan.FromSeconds(1) : null);
                if (round % 4 == 1)
                {
                    await _farm["flapping"].GoAwayAsync();
                }
                else if (round % 4 == 3)
                {
                    await _farm["flapping"].ComeBackAsync(mayBeThere: true);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The weather lasts as long as the load.
        }
    }

    private async Task CallAsync(
        int caller,
        ConcurrentBag<HttpStatusCode> statuses,
        ConcurrentBag<(string Model, string Provider)> served,
        CancellationToken enough)
    {
        for (var call = caller; !enough.IsCancellationRequested; call++)
        {
            var model = Strategies[call % Strategies.Length];
            using var answer = await _edge.ChatAsync(model, stream: call % 2 == 0, content: $"{call % 50}");
            await answer.Content.ReadAsByteArrayAsync(Cancel);
            statuses.Add(answer.StatusCode);
            if (answer.IsSuccessStatusCode)
            {
                served.Add((model, answer.Headers.GetValues("X-Provider").Single()));
            }
        }
    }

    private RoutingSnapshot Routes() => new()
    {
        Version = 1,
        Providers = [.. _farm.Select(entry => Provider(entry.Key, entry.Value.BaseUrl))],
        Models =
        [
            .. Strategies.Select(strategy => Model(strategy, Names) with
            {
                Strategy = strategy,
                Deployments =
                [
                    .. Names.Select(name => new RoutedDeployment
                    {
                        Provider = name,
                        Model = strategy,
                        Priority = 1,
                        Weight = name == "fast" && strategy == "weighted" ? 3 : 1,
                        InputPrice = name == "slow" ? 1 : 5,
                        OutputPrice = name == "slow" ? 1 : 5,
                    }),
                ],
            }),
        ],
    };
}
