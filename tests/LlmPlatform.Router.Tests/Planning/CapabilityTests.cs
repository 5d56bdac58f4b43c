using LlmPlatform.Router.Client;
using static LlmPlatform.Router.Tests.Planning.Snapshots;

namespace LlmPlatform.Router.Tests.Planning;

/// <summary>What a deployment cannot do, it is not asked.</summary>
public sealed class CapabilityTests
{
    private static readonly RouteRequest Asked = new() { Model = "m" };

    private static readonly RoutePlanner Planner = Planned(Model(
        "m",
        On("a", 1) with { Tools = false },
        On("b", 2) with { Vision = false },
        On("c", 3) with { MaxOutputTokens = 100 },
        On("d", 4) with { ContextWindow = 1000 }));

    [Fact]
    public void A_call_goes_only_where_its_tools_pictures_and_length_are_taken()
    {
        Assert.Equal("abcd", Places(Asked with { OutputTokens = 100, WindowTokens = 900 }));
        Assert.Equal("bcd", Places(Asked with { NeedsTools = true }));
        Assert.Equal("acd", Places(Asked with { NeedsVision = true }));
        Assert.Equal("abd", Places(Asked with { OutputTokens = 101 }));
        Assert.Equal("abc", Places(Asked with { OutputTokens = 100, WindowTokens = 901 }));
        Assert.Equal((true, 1000), (Planner.AsksForCapabilities, Planner.LeastWindow));
    }

    [Fact]
    public void It_is_explained_who_was_left_out_and_for_what()
    {
        var asked = Asked with { NeedsTools = true, OutputTokens = 101 };
        var explained = Planner.Explain(in asked, out var plan);

        Assert.Equal(["b", "d"], plan.Candidates.Providers());
        Assert.Equal(
            [
                ("b", CandidateLack.None), ("d", CandidateLack.None),
                ("a", CandidateLack.Tools), ("c", CandidateLack.MaxOutput),
            ],
            explained.Select(planned => (planned.Candidate.Provider.Name, planned.Lack)));
    }

    [Fact]
    public void Where_nobody_can_the_plan_is_empty_and_says_what_is_lacking()
    {
        var planner = Planned(Model("m", On("a") with { Tools = false }, On("b") with { Tools = false }));
        var plan = planner.Plan(Asked with { NeedsTools = true });

        Assert.Empty(plan.Candidates);
        Assert.Equal(CandidateLack.Tools, plan.Lack);
    }

    [Theory]
    [InlineData(1000, "ab", CandidateLack.None)]
    [InlineData(1001, "b", CandidateLack.None)]
    [InlineData(4000, "b", CandidateLack.None)]
    [InlineData(4001, "b", CandidateLack.None)]
    [InlineData(8003, "", CandidateLack.ContextWindow)]
    public void A_guess_of_the_length_prefers_others_and_refuses_only_beyond_doubt(
        int tokens, string providers, CandidateLack lack)
    {
        var planner = Planned(Model(
            "m", On("a", 1) with { ContextWindow = 1000 }, On("b", 2) with { ContextWindow = 4000 }));
        var plan = planner.Plan(Asked with { WindowTokens = tokens });

        Assert.Equal(providers, string.Concat(plan.Candidates.Providers()));
        Assert.Equal(lack, plan.Lack);
    }

    [Fact]
    public void A_prompt_that_is_too_long_goes_straight_to_the_fallbacks_for_that()
    {
        var planner = Planned(
            Model("m", On("a")) with { ContextWindow = 1000, ContextWindowFallbacks = ["roomy"] },
            Model("roomy", On("b", model: "roomy")));
        var first = planner.Plan(Asked with { WindowTokens = 1001 }).Candidates[0];

        Assert.Equal(("b", FallbackKind.ContextWindow), (first.Provider.Name, first.Kind));
        Assert.Equal("ab", string.Concat(planner.Plan(Asked).Candidates.Providers()));
    }

    [Fact]
    public void A_question_takes_no_turn_and_a_reading_of_the_signals_gives_the_same_plans()
    {
        var book = new SignalBook();
        var model = Model("m", On("a"), On("b"), On("c"), On("d")) with { Strategy = "round_robin" };
        var planner = new RoutePlanner(SnapshotOf(model), book);
        book.Of("b", "m").Failed(1, new CircuitSettings(1, TimeSpan.FromMinutes(1)));
        for (var call = 0; call < 30; call++)
        {
            var asked = Asked with { NowTicks = 1000 + call };
            if (call == 10)
                book.Of("c", "m").Cool(1_000_000);
            var elsewhere = new RoutePlanner(SnapshotOf(model), SignalBook.Of(book.Read(1, asked.NowTicks), now: 7));
            var there = asked with { NowTicks = 7 };
            elsewhere.Explain(in there, out var told);
            planner.Explain(in asked, out var asIs);

            var live = planner.Plan(in asked).Candidates.Providers().ToList();
            Assert.Equal(live, told.Candidates.Providers());
            Assert.Equal(live, asIs.Candidates.Providers());
        }
    }

    private static string Places(RouteRequest request) =>
        string.Concat(Planner.Plan(in request).Candidates.Providers());

    private static RoutePlanner Planned(params RoutedModel[] models) => new(SnapshotOf(models));

    private static RoutingSnapshot SnapshotOf(params RoutedModel[] models) =>
        Of([Provider("a"), Provider("b"), Provider("c"), Provider("d")], models);
}
