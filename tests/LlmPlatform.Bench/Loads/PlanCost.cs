using System.Diagnostics;
using System.Globalization;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Bench.Loads;

/// <summary>
/// What a plan costs: six deployments and a fallback, twenty rules that are asked and do not match, one circuit open.
/// In this process: a plan makes no call.
/// </summary>
public static class PlanCost
{
    public const string Name = "plan";

    private const int Plans = 200_000;

    private static readonly string[] Strategies =
        ["weighted", "round_robin", "lowest_latency", "lowest_cost", "least_busy", "consistent_hash"];

    /// <summary>One JSON line for each strategy.</summary>
    public static void Measure(int rounds, TextWriter output)
    {
        foreach (var strategy in Strategies)
        {
            var planner = Planner(strategy);
            Run(planner);
            for (var round = 1; round <= rounds; round++)
            {
                var bytes = GC.GetAllocatedBytesForCurrentThread();
                var began = Stopwatch.GetTimestamp();
                Run(planner);
                var us = Stopwatch.GetElapsedTime(began).TotalMicroseconds / Plans;
                bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / Plans;
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    {"load":"plan","strategy":"{{strategy}}","round":{{round}},"us":{{us:0.000}},"bytes":{{bytes}}}
                    """));
            }
        }
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
                Tags = "env=production,feature=search",
                Tier = "basic",
                PromptTokens = 1000,
                Affinity = (ulong)plan + 1,
            });
        }
    }

    private static RoutePlanner Planner(string strategy)
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        var signals = new SignalBook();
        signals.Of("a", "m").Failed(1, new CircuitSettings(1, TimeSpan.FromMinutes(1)));
        return new RoutePlanner(
            new RoutingSnapshot
            {
                Version = 1,
                Providers = [.. names.Select(name => new RoutedProvider
                {
                    Name = name,
                    Kind = "openai_compatible",
                    Timeout = TimeSpan.FromSeconds(60),
                    FirstByteTimeout = TimeSpan.FromSeconds(30),
                    IdleTimeout = TimeSpan.FromSeconds(30),
                    Up = true,
                })],
                Models =
                [
                    new RoutedModel
                    {
                        Name = "asked",
                        Strategy = strategy,
                        Fallbacks = ["last"],
                        Deployments = [.. names.Select(name => On(name, "m"))],
                    },
                    new RoutedModel { Name = "last", Strategy = "weighted", Deployments = [On("a", "other")] },
                ],
                Rules = [.. Enumerable.Range(1, 20).Select(position => new RoutedRule
                {
                    Position = position,
                    Model = ["gpt-*"],
                    Tag = "feature=chat",
                    TenantTier = "basic",
                    UseModel = "last",
                })],
            },
            signals);
    }

    private static RoutedDeployment On(string provider, string model) => new()
    {
        Provider = provider,
        Model = model,
        Priority = 1,
        Weight = 1,
        InputPrice = 1,
        OutputPrice = 2,
    };
}
