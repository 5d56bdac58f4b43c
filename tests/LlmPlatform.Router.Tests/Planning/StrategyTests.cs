using LlmPlatform.Router.Client;
using static LlmPlatform.Router.Tests.Planning.Snapshots;

namespace LlmPlatform.Router.Tests.Planning;

/// <summary>Each strategy against its promise, by a simulation of many calls.</summary>
public sealed class StrategyTests
{
    private const int Calls = 20_000;

    private static readonly string[] Five = ["a", "b", "c", "d", "e"];

    private readonly SignalBook _signals = new();

    [Theory]
    [InlineData("weighted")]
    [InlineData("round_robin")]
    [InlineData("least_busy")]
    public void Shares_are_even_among_equals(string strategy)
    {
        var planner = Planner(strategy, _ => 1);

        var shares = SharesOf(planner, call => Request(call));

        Assert.All(Five, name => Assert.InRange(shares[name], 0.19, 0.21));
    }

    [Fact]
    public void Lowest_latency_takes_the_quicker_of_two_so_that_the_slowest_is_never_first()
    {
        var planner = Planner("lowest_latency", _ => 1);
        for (var i = 0; i < Five.Length; i++)
            _signals.Of(Five[i], "m").Succeeded(now: 0, TimeSpan.FromMilliseconds(100 * (i + 1)), isStream: false);

        var shares = SharesOf(planner, call => Request(call));

        // Of ten pairs of five, the quickest wins four, the next three, and so on.
        Assert.InRange(shares["a"], 0.38, 0.42);
        Assert.InRange(shares["b"], 0.28, 0.32);
        Assert.InRange(shares["c"], 0.18, 0.22);
        Assert.InRange(shares["d"], 0.08, 0.12);
        Assert.DoesNotContain("e", shares.Keys);
    }

    [Fact]
    public void Lowest_latency_avoids_what_became_slow_at_once_and_comes_back_when_it_is_quick_again()
    {
        var planner = new RoutePlanner(
            Of([Provider("a"), Provider("b")], Model("asked", On("a"), On("b")) with { Strategy = "lowest_latency" }),
            _signals);
        _signals.Of("a", "m").Succeeded(0, TimeSpan.FromMilliseconds(100), isStream: true);
        _signals.Of("b", "m").Succeeded(0, TimeSpan.FromMilliseconds(200), isStream: true);
        Assert.Equal("a", First(now: 1));

        _signals.Of("a", "m").Succeeded(2, TimeSpan.FromSeconds(4), isStream: true);
        Assert.Equal("b", First(now: 3));

        // What nobody measures fades: after some minutes it is tried again.
        var later = TimeSpan.FromMinutes(10).Ticks;
        _signals.Of("b", "m").Succeeded(later, TimeSpan.FromMilliseconds(200), isStream: true);
        Assert.Equal("a", First(later));

        string First(long now) =>
            planner.Plan(new RouteRequest { Model = "asked", NowTicks = now, IsStream = true, Seed = (uint)now })
                .Candidates[0].Provider.Name;
    }

    [Fact]
    public void What_fails_at_once_does_not_look_quick()
    {
        var signals = _signals.Of("a", "m");
        signals.Succeeded(0, TimeSpan.FromMilliseconds(5), isStream: false);

        signals.Failed(1, new CircuitSettings(5, TimeSpan.FromSeconds(60)));

        Assert.InRange(signals.ExpectedSeconds(1, isStream: false), 0.9, 2);
    }

    [Fact]
    public void Lowest_cost_reckons_with_the_tokens_of_the_call_and_takes_the_unpriced_last()
    {
        var model = Model(
            "asked",
            On("a") with { InputPrice = 1, OutputPrice = 10 },
            On("b") with { InputPrice = 3, OutputPrice = 4 },
            On("c")) with
        { Strategy = "lowest_cost" };
        var planner = new RoutePlanner(Of([Provider("a"), Provider("b"), Provider("c")], model));

        Assert.Equal(["a", "b", "c"], Order(prompt: 100_000, output: 100));
        Assert.Equal(["b", "a", "c"], Order(prompt: 100, output: 10_000));

        IEnumerable<string> Order(long prompt, long output) => planner.Plan(
            new RouteRequest { Model = "asked", PromptTokens = prompt, OutputTokens = output })
            .Candidates.Providers();
    }

    [Fact]
    public void Least_busy_evens_out_calls_under_way_by_weight()
    {
        var planner = Planner("least_busy", name => name == "e" ? 2 : 1);
        for (var call = 0; call < 600; call++)
            planner.Plan(Request(call)).Candidates[0].Signals.TryEnter(0);

        Assert.All(Five[..4], name => Assert.Equal(100, _signals.Of(name, "m").InFlight));
        Assert.Equal(200, _signals.Of("e", "m").InFlight);
    }

    [Fact]
    public void Consistent_hash_sends_a_prefix_to_one_place_and_moves_only_the_share_of_what_goes()
    {
        var planner = Planner("consistent_hash", _ => 1);
        var four = new RoutePlanner(
            Of([.. Five[..4].Select(name => Provider(name))],
                Model("asked", [.. Five[..4].Select(name => On(name))]) with { Strategy = "consistent_hash" }),
            _signals);

        var before = Enumerable.Range(1, Calls).Select(prefix => FirstOf(planner, prefix)).ToList();
        var again = Enumerable.Range(1, Calls).Select(prefix => FirstOf(planner, prefix)).ToList();
        var after = Enumerable.Range(1, Calls).Select(prefix => FirstOf(four, prefix)).ToList();

        Assert.Equal(before, again);
        Assert.All(before.CountBy(name => name), share => Assert.InRange(share.Value / (double)Calls, 0.19, 0.21));
        Assert.All(before.Zip(after).Where(pair => pair.First != "e"), pair => Assert.Equal(pair.First, pair.Second));

        string FirstOf(RoutePlanner of, int prefix) => of
            .Plan(Request(prefix) with { Affinity = RouteSeed.HashOf(BitConverter.GetBytes(prefix)) })
            .Candidates[0].Provider.Name;
    }

    [Fact]
    public void Consistent_hash_hands_on_what_would_load_one_place_a_quarter_above_its_part()
    {
        var planner = Planner("consistent_hash", _ => 1);
        for (var call = 0; call < 1000; call++)
        {
            // Every call has the same prefix.
            var first = planner.Plan(Request(call) with { Affinity = 42 }).Candidates[0];
            first.Signals.TryEnter(0);
            var most = Five.Max(name => _signals.Of(name, "m").InFlight);
            Assert.True(most <= Math.Ceiling(1.25 * (call + 1) / 5), $"{most} of {call + 1}");
        }
    }

    private static RouteRequest Request(int call) =>
        new() { Model = "asked", Seed = RouteSeed.Of(new Guid(call, 0, 0, BitConverter.GetBytes(call * 2654435761L))) };

    private RoutePlanner Planner(string strategy, Func<string, int> weight) => new(
        Of([.. Five.Select(name => Provider(name))],
            Model("asked", [.. Five.Select(name => On(name, weight: weight(name)))]) with { Strategy = strategy }),
        _signals);

    private static Dictionary<string, double> SharesOf(RoutePlanner planner, Func<int, RouteRequest> request) =>
        Enumerable.Range(0, Calls)
            .CountBy(call => planner.Plan(request(call)).Candidates[0].Provider.Name)
            .ToDictionary(share => share.Key, share => share.Value / (double)Calls);
}
