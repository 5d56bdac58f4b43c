using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Tests.Planning;

/// <summary>Snapshots in few words.</summary>
internal static class Snapshots
{
    public static RoutingSnapshot Of(IReadOnlyList<RoutedProvider> providers, params RoutedModel[] models) =>
        new() { Version = 1, Providers = providers, Models = models };

    public static RoutedProvider Provider(string name, bool up = true) => new()
    {
        Name = name,
        Kind = "openai_compatible",
        Timeout = TimeSpan.FromSeconds(60),
        FirstByteTimeout = TimeSpan.FromSeconds(30),
        IdleTimeout = TimeSpan.FromSeconds(30),
        Up = up,
    };

    public static RoutedModel Model(string name, params RoutedDeployment[] deployments) =>
        new() { Name = name, Deployments = deployments, Strategy = "weighted" };

    public static RoutedDeployment On(string provider, int priority = 1, int weight = 1, string model = "m") =>
        new() { Provider = provider, Model = model, Priority = priority, Weight = weight };

    public static IEnumerable<string> Providers(this IReadOnlyList<RouteCandidate> plan) =>
        plan.Select(candidate => candidate.Provider.Name);
}
