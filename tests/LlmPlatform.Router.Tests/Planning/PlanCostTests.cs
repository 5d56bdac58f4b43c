using LlmPlatform.Router.Client;
using static LlmPlatform.Router.Tests.Planning.Snapshots;

namespace LlmPlatform.Router.Tests.Planning;

/// <summary>What a plan costs, with rules, weights and circuits in play.</summary>
public sealed class PlanCostTests
{
    private const int Plans = 20_000;

    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    [Theory]
    [InlineData("weighted")]
    [InlineData("round_robin")]
    [InlineData("lowest_latency")]
    [InlineData("lowest_cost")]
    [InlineData("least_busy")]
    [InlineData("consistent_hash")]
    public void A_plan_with_rules_weights_and_circuits_takes_one_array(string strategy)
    {
        var book = new SignalBook();
        var planner = Planner(strategy, book);
        for (var failure = 0; failure < 5; failure++)
            book.Of("a", "m").Failed(1, new CircuitSettings(5, TimeSpan.FromSeconds(60)));

        Run(planner);
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        Run(planner);
        bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / Plans;

        // An array of seven references. What it takes in time is measured by ./bench.sh.
        Assert.InRange(bytes, 0, 24 + (8 * (Names.Length + 1)));
    }

    [Fact]
    public void Where_nothing_is_left_to_choose_a_plan_allocates_nothing()
    {
        var planner = Planner("weighted", new SignalBook());
        var request = new RouteRequest { Model = "last", Tags = "none", Tier = "basic" };
        planner.Plan(in request);

        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var plan = 0; plan < 1000; plan++)
            planner.Plan(in request);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    private static void Run(RoutePlanner planner)
    {
        for (var plan = 0; plan < Plans; plan++)
        {
            planner.Plan(new RouteRequest
            {
                Model = "asked",
                Seed = (uint)plan * 2654435761,
                NowTicks = 2,
                Tags = "one, two",
                Tier = "basic",
                PromptTokens = 1000,
                Affinity = (ulong)plan + 1,
            });
        }
    }

    private static RoutePlanner Planner(string strategy, SignalBook book) => new(
        Of([.. Names.Select(name => Provider(name))],
            Model("asked", [.. Names.Select(name => On(name) with { InputPrice = 1, OutputPrice = 2 })])
                with { Strategy = strategy, Fallbacks = ["last"] },
            Model("last", On("a", model: "other"))) with
        {
            Rules =
            [
                .. Enumerable.Range(1, 20).Select(position => new RoutedRule
                {
                    Position = position,
                    Model = ["gpt-*", "asked*x"],
                    Tag = "batch",
                    TenantTier = "basic",
                    QueueDepthOver = 1000,
                    UseModel = "last",
                }),
            ],
        },
        book);
}
