using LlmPlatform.Router.Client;
using static LlmPlatform.Router.Tests.Planning.Snapshots;

namespace LlmPlatform.Router.Tests.Planning;

public sealed class RoutePlannerTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Every_deployment_is_tried_exactly_once_whatever_the_snapshot_and_the_seed()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var providers = Enumerable.Range(0, random.Next(1, 9))
                .Select(number => Provider($"p{number}", up: random.Next(3) > 0))
                .ToList();
            var model = Model("asked", [.. providers.Select(provider =>
                On(provider.Name, random.Next(1, 4), random.Next(1, 100)))]);
            model = model with { Strategy = random.Next(2) == 0 ? "weighted" : "round_robin" };
            var planner = new RoutePlanner(Of(providers, model));

            var plan = planner.Plan("asked", (uint)random.Next());

            Assert.Equal(providers.Select(provider => provider.Name).Order(), plan.Providers().Order());
            Assert.Equal(
                plan.OrderByDescending(candidate => candidate.Provider.Up)
                    .ThenBy(candidate => candidate.Deployment.Priority),
                plan);
        }
    }

    [Fact]
    public void First_places_are_shared_by_weight()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a"), Provider("b"), Provider("c")],
            Model("asked", On("a", weight: 10), On("b", weight: 30), On("c", weight: 60))));

        var first = FirstPlaces(seed => planner.Plan("asked", seed), place: 0);

        Assert.InRange(first["a"], 0.09, 0.11);
        Assert.InRange(first["b"], 0.285, 0.315);
        Assert.InRange(first["c"], 0.585, 0.615);
    }

    [Fact]
    public void Second_places_are_drawn_by_weight_among_those_that_are_left()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a"), Provider("b"), Provider("c")],
            Model("asked", On("a", weight: 1), On("b", weight: 1), On("c", weight: 2))));

        var second = FirstPlaces(seed => planner.Plan("asked", seed), place: 1);

        // c is second after a (1/4 x 2/3) and after b (the same); a after b (1/4 x 1/3) and after c (1/2 x 1/2).
        Assert.InRange(second["c"], 0.318, 0.349);
        Assert.InRange(second["a"], 0.318, 0.349);
    }

    [Fact]
    public void The_same_seed_gives_the_same_order()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a"), Provider("b"), Provider("c")], Model("asked", On("a"), On("b"), On("c"))));

        Assert.Equal(planner.Plan("asked", 42), planner.Plan("asked", 42));
        Assert.True(Enumerable.Range(0, 50).Select(seed =>
            string.Concat(planner.Plan("asked", (uint)seed).Providers())).Distinct().Count() > 3);
    }

    [Fact]
    public void A_lower_priority_number_comes_first_whatever_the_weight()
    {
        var planner = new RoutePlanner(Of(
            [Provider("spare"), Provider("main")],
            Model("asked", On("spare", priority: 2, weight: 10_000), On("main", priority: 1, weight: 1))));

        Assert.All(Enumerable.Range(0, 100), seed =>
            Assert.Equal(["main", "spare"], planner.Plan("asked", (uint)seed).Providers()));
    }

    [Fact]
    public void A_provider_that_is_down_is_tried_last_and_still_tried()
    {
        var planner = new RoutePlanner(Of(
            [Provider("down", up: false), Provider("up")],
            Model("asked", On("down", priority: 1), On("up", priority: 2))));

        Assert.Equal(["up", "down"], planner.Plan("asked", 0).Providers());
    }

    [Fact]
    public void When_all_are_down_all_are_tried()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a", up: false), Provider("b", up: false)],
            Model("asked", On("a", priority: 1), On("b", priority: 2))));

        Assert.Equal(["a", "b"], planner.Plan("asked", 0).Providers());
    }

    [Fact]
    public void Round_robin_begins_every_plan_one_further_on()
    {
        var model = Model("asked", On("a"), On("b", weight: 100), On("c")) with { Strategy = "round_robin" };
        var planner = new RoutePlanner(Of([Provider("a"), Provider("b"), Provider("c")], model));

        var plans = Enumerable.Range(0, 4).Select(_ => string.Concat(planner.Plan("asked", 0).Providers()));

        Assert.Equal(["abc", "bca", "cab", "acb"], plans);
    }

    [Fact]
    public void Round_robin_gives_equal_turns_to_callers_at_once()
    {
        var model = Model("asked", On("a"), On("b"), On("c")) with { Strategy = "round_robin" };
        var planner = new RoutePlanner(Of([Provider("a"), Provider("b"), Provider("c")], model));
        var firsts = new string[3000];

        Parallel.For(0, firsts.Length, call => firsts[call] = planner.Plan("asked", 0)[0].Provider.Name);

        Assert.All(firsts.CountBy(name => name), turns => Assert.Equal(1000, turns.Value));
    }

    [Fact]
    public void Fallbacks_follow_in_order_each_with_its_own()
    {
        var planner = new RoutePlanner(Of(
            [Provider("p")],
            Model("asked", On("p", model: "0")) with { Fallbacks = ["first", "second"] },
            Model("first", On("p", model: "1")) with { Fallbacks = ["deep"] },
            Model("second", On("p", model: "3")),
            Model("deep", On("p", model: "2"))));

        var plan = planner.Plan("asked", 0);

        Assert.Equal(["asked", "first", "deep", "second"], plan.Select(candidate => candidate.Model.Name));
    }

    [Fact]
    public void A_fallback_that_is_up_comes_before_the_model_asked_for_when_that_is_down()
    {
        var planner = new RoutePlanner(Of(
            [Provider("own", up: false), Provider("other"), Provider("dead", up: false)],
            Model("asked", On("own")) with { Fallbacks = ["spare"] },
            Model("spare", On("dead", priority: 1), On("other", priority: 2))));

        Assert.Equal(["other", "own", "dead"], planner.Plan("asked", 0).Providers());
    }

    [Fact]
    public void Fallbacks_in_a_circle_end()
    {
        var planner = new RoutePlanner(Of(
            [Provider("p")],
            Model("a", On("p", model: "1")) with { Fallbacks = ["b", "a"] },
            Model("b", On("p", model: "2")) with { Fallbacks = ["a", "b"] }));

        Assert.Equal(["a", "b"], planner.Plan("a", 0).Select(candidate => candidate.Model.Name));
        Assert.Equal(["b", "a"], planner.Plan("b", 0).Select(candidate => candidate.Model.Name));
    }

    [Fact]
    public void Fallbacks_of_fallbacks_are_followed_to_a_bounded_depth()
    {
        var chain = Enumerable.Range(0, 40)
            .Select(step => Model($"m{step}", On("p", model: $"{step}")) with { Fallbacks = [$"m{step + 1}"] })
            .ToArray();
        var planner = new RoutePlanner(Of([Provider("p")], chain));

        Assert.Equal(RoutePlanner.MaxFallbackDepth + 1, planner.Plan("m0", 0).Count);
    }

    [Fact]
    public void The_same_model_of_the_same_provider_is_not_tried_twice()
    {
        var planner = new RoutePlanner(Of(
            [Provider("p")],
            Model("asked", On("p", priority: 2), On("p", priority: 1)) with { Fallbacks = ["spare"] },
            Model("spare", On("p"))));

        var only = Assert.Single(planner.Plan("asked", 0));

        Assert.Equal(1, only.Deployment.Priority);
        Assert.Equal("asked", only.Model.Name);
    }

    [Fact]
    public void What_the_snapshot_does_not_have_is_not_planned()
    {
        var planner = new RoutePlanner(Of(
            [Provider("p")], Model("asked", On("stranger"), On("p")) with { Fallbacks = ["stranger"] }));

        Assert.Equal(["p"], planner.Plan("asked", 0).Providers());
        Assert.Empty(planner.Plan("stranger", 0));
        Assert.Empty(planner.Explain(new RouteRequest { Model = "stranger" }, out _));
        Assert.False(planner.TryFindModel("stranger", out _));
        Assert.False(planner.TryFindModel("ASKED", out _));
        Assert.True(planner.TryFindModel("asked", out var model));
        Assert.Equal("asked", model.Name);
        Assert.Equal(["asked"], planner.ListModels().Select(listed => listed.Name));
    }

    [Fact]
    public void An_explanation_is_the_plan_of_its_seed_with_reasons()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a"), Provider("b"), Provider("c", up: false)],
            Model("asked", On("a", weight: 1), On("b", weight: 3), On("c")) with { Fallbacks = ["spare"] },
            Model("spare", On("a", model: "other"))));

        var explained = planner.Explain(new RouteRequest { Model = "asked", Seed = 5 }, out var plan);

        Assert.Equal(planner.Plan("asked", 5), plan.Candidates);
        Assert.Equal(plan.Candidates, explained.Select(place => place.Candidate));
        var heavy = explained.Single(place => place.Candidate.Provider.Name == "b");
        Assert.Equal(("weighted", 2, false), (heavy.Strategy, heavy.TierSize, heavy.IsFallback));
        Assert.Contains("75 %", heavy.Measure, StringComparison.Ordinal);
        Assert.True(explained[2].IsFallback);
        Assert.Equal("only", explained[2].Strategy);
        Assert.False(explained[3].Candidate.Provider.Up);
    }

    [Fact]
    public void A_plan_allocates_one_array_and_nothing_where_there_is_no_choice()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a"), Provider("b")],
            Model("choice", On("a"), On("b")),
            Model("none", On("a", priority: 1), On("b", priority: 2))));

        Assert.Equal(0, AllocatedBy(() => planner.Plan("none", 1)));
        Assert.InRange(AllocatedBy(() => planner.Plan("choice", 1)), 1, 1000 * 48);
    }

    private static long AllocatedBy(Func<IReadOnlyList<RouteCandidate>> plan)
    {
        for (var warm = 0; warm < 1000; warm++)
            plan();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1000; call++)
            plan();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Dictionary<string, double> FirstPlaces(Func<uint, IReadOnlyList<RouteCandidate>> plan, int place) =>
        Enumerable.Range(0, Draws)
            .CountBy(seed => plan((uint)seed)[place].Provider.Name)
            .ToDictionary(count => count.Key, count => (double)count.Value / Draws);
}
