using System.Runtime.CompilerServices;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Admission;

/// <summary>The price book's key of a candidate, put together once for each deployment of a snapshot.</summary>
internal static class DeploymentSku
{
    // Forgotten with the snapshot that a deployment came in.
    private static readonly ConditionalWeakTable<RoutedDeployment, Known> Keys = [];

    /// <summary>The key; see <see cref="PriceSku"/>.</summary>
    public static string Of(RouteCandidate candidate)
    {
        var (model, provider) = (candidate.Model.Name, candidate.Provider.Name);
        if (Keys.TryGetValue(candidate.Deployment, out var known) && known.Model == model && known.Provider == provider)
        {
            return known.Sku;
        }

        var sku = PriceSku.For(model, provider, candidate.Deployment.Model);
        Keys.AddOrUpdate(candidate.Deployment, new Known(model, provider, sku));
        return sku;
    }

    private sealed record Known(string Model, string Provider, string Sku);
}
