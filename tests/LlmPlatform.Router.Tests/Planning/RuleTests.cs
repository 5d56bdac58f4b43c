using LlmPlatform.Router.Client;
using static LlmPlatform.Router.Tests.Planning.Snapshots;

namespace LlmPlatform.Router.Tests.Planning;

public sealed class RuleTests
{
    private static readonly SignalBook Signals = new();

    [Fact]
    public void The_seeds_of_the_product_route_as_they_say()
    {
        var planner = Planner(
            new RoutedRule { Position = 1, TenantTier = "basic", Model = ["gpt-4"], UseModel = "gpt-3.5" },
            new RoutedRule { Position = 2, Model = ["qwen*"], UseProvider = "dashscope" },
            new RoutedRule { Position = 3, Pii = true, UseLocal = true },
            new RoutedRule { Position = 4, LatencyClass = "fast", UseModel = "small" },
            new RoutedRule { Position = 5, PromptTokensOver = 10_000, UseModel = "large" });

        Assert.Equal(("gpt-3.5", 1), Asked(planner, new RouteRequest { Model = "gpt-4", Tier = "basic" }));
        Assert.Equal(("gpt-4", 0), Asked(planner, new RouteRequest { Model = "gpt-4", Tier = "premium" }));
        Assert.Equal(["dashscope"], planner.Plan(new RouteRequest { Model = "qwen" }).Candidates.Providers());
        Assert.Equal(("llama", 3), Asked(planner, new RouteRequest { Model = "gpt-4", HasPersonalData = true }));
        Assert.Equal(("small", 4), Asked(planner, new RouteRequest { Model = "gpt-4", LatencyClass = "FAST" }));
        Assert.Equal(("large", 5), Asked(planner, new RouteRequest { Model = "gpt-4", PromptTokens = 10_001 }));
        Assert.True(planner.AsksForPersonalData);
    }

    [Theory]
    [InlineData("team", "search")]
    [InlineData("tag", "batch")]
    [InlineData("metadata", "pro*")]
    [InlineData("region", "eu")]
    [InlineData("residency", "de")]
    [InlineData("stream", "")]
    [InlineData("small", "")]
    [InlineData("tenant", "acme")]
    public void Each_condition_holds_for_what_it_names_and_for_nothing_else(string condition, string value)
    {
        var rule = new RoutedRule { Position = 1, Refuse = "no" };
        rule = condition switch
        {
            "team" => rule with { Team = value },
            "tag" => rule with { Tag = value },
            "metadata" => rule with { KeyMetadata = new Dictionary<string, string> { ["plan"] = value } },
            "region" => rule with { Region = value },
            "residency" => rule with { Residency = value },
            "stream" => rule with { Stream = true },
            "small" => rule with { PromptTokensUnder = 10 },
            _ => rule with { Tenant = value },
        };
        var planner = Planner(rule);
        var other = new RouteRequest { Model = "gpt-4", PromptTokens = 10 };
        var fits = condition switch
        {
            "team" => other with { Team = "search" },
            "tag" => other with { Tags = "nightly, Batch" },
            "metadata" => other with { KeyMetadata = new Dictionary<string, string> { ["plan"] = "promo" } },
            "region" => other with { Region = "EU" },
            "residency" => other with { Residency = "de" },
            "stream" => other with { IsStream = true },
            "small" => other with { PromptTokens = 9 },
            _ => other with { Tenant = "acme" },
        };

        Assert.Equal("no", planner.Plan(in fits).Refusal);
        Assert.Empty(planner.Plan(in fits).Candidates);
        Assert.Null(planner.Plan(in other).Refusal);
    }

    [Fact]
    public void Above_a_queue_depth_the_percentage_goes_elsewhere_and_nothing_below_it()
    {
        var signals = new SignalBook();
        var planner = new RoutePlanner(
            Catalogue() with
            {
                Rules = [new RoutedRule { Position = 1, QueueDepthOver = 2, Percent = 30, UseModel = "llama" }],
            },
            signals);

        Assert.Equal(0, Moved());
        for (var call = 0; call < 3; call++)
            signals.Of("openai", "gpt-4").TryEnter(0);

        Assert.InRange(Moved(), 2850, 3150);

        int Moved() => Enumerable.Range(0, 10_000).Count(seed =>
            planner.Plan(new RouteRequest { Model = "gpt-4", Seed = (uint)seed }).Rule is not null);
    }

    [Fact]
    public void A_provider_and_its_model_can_be_named_directly_and_keep_the_bounds_of_the_published_one()
    {
        var planner = Planner();

        foreach (var name in new[] { "openai:gpt-4", "openai/gpt-4" })
        {
            var only = Assert.Single(planner.Plan(new RouteRequest { Model = name }).Candidates);
            Assert.Equal(("openai", "gpt-4", 8000), (only.Provider.Name, only.Model.Name, only.Model.ContextWindow));
            Assert.Equal("openai:gpt-4", planner.NameOf(name));
            Assert.Equal("gpt-4", planner.PublishedNameOf(planner.NameOf(name)));
        }

        var own = Assert.Single(planner.Plan(new RouteRequest { Model = "openai/ft:mine:1" }).Candidates);
        Assert.Equal(("openai:ft:mine:1", "ft:mine:1"), (own.Model.Name, own.Deployment.Model));
        Assert.Empty(planner.Plan(new RouteRequest { Model = "nobody:gpt-4" }).Candidates);
        Assert.Empty(planner.Plan(new RouteRequest { Model = "openai:" }).Candidates);
    }

    [Fact]
    public void A_deployment_named_directly_is_that_of_the_model_made_for_it_not_of_one_that_gathers_many()
    {
        var planner = new RoutePlanner(Of(
            [Provider("a"), Provider("b")],
            Model("all", On("a", model: "small"), On("b", model: "large"), On("a", model: "mini")),
            Model("mine", On("a", model: "mini"), On("b", model: "large")),
            Model("small", On("a", model: "small"), On("b", model: "mini"), On("b", model: "tiny"))));

        Assert.Equal("small", planner.PublishedNameOf("a:small"));
        Assert.Equal("mine", planner.PublishedNameOf("a:mini"));
        Assert.Equal("mine", planner.PublishedNameOf("b:large"));
    }

    [Fact]
    public void Names_that_callers_make_up_cost_a_bounded_memory()
    {
        var planner = Planner();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var name = 0; name < 50_000; name++)
            Assert.Single(planner.Plan(new RouteRequest { Model = $"openai:{name}" }).Candidates);

        Assert.InRange(planner.KnownDeployments, 1, 5000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * 1024 * 1024);
    }

    private static (string Model, int Rule) Asked(RoutePlanner planner, RouteRequest request)
    {
        var plan = planner.Plan(in request);
        return (plan.Candidates[0].Model.Name, plan.Rule?.Position ?? 0);
    }

    private static RoutePlanner Planner(params RoutedRule[] rules) => new(Catalogue() with { Rules = rules }, Signals);

    private static RoutingSnapshot Catalogue() => Of(
        [Provider("openai"), Provider("dashscope"), Provider("ollama") with { Local = true, Region = "eu" }],
        Model("gpt-4", On("openai", model: "gpt-4")) with { ContextWindow = 8000 },
        Model("gpt-3.5", On("openai", model: "gpt-3.5")),
        Model("qwen", On("openai", model: "qwen"), On("dashscope", model: "qwen")),
        Model("small", On("openai", model: "small")),
        Model("large", On("openai", model: "large")),
        Model("llama", On("ollama", model: "llama")));
}
