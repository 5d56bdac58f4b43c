using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace LlmPlatform.Router.Client;

/// <summary>
/// Answers where a call may be sent, in which order, from one snapshot and nothing else. Built once a snapshot; safe
/// for any number of callers at once. A plan costs one array, or nothing where the snapshot leaves no choice.
/// </summary>
/// <remarks>
/// The order: candidates whose provider is up before all that are down, which are still tried when nothing else is
/// left. Among those, the model asked for before its fallbacks, each fallback followed by its own. Within a model by
/// priority, and within a priority by the model's strategy. The same model of the same provider is never tried twice.
/// </remarks>
public sealed class RoutePlanner
{
    /// <summary>How many steps fallbacks of fallbacks are followed from the model asked for.</summary>
    public const int MaxFallbackDepth = 8;

    private readonly FrozenDictionary<string, RoutedProvider> _providers;
    private readonly FrozenDictionary<string, RoutedModel> _models;
    private readonly FrozenDictionary<string, ModelPlan> _plans;
    private readonly IReadOnlyList<RoutedModel> _listed;

    /// <summary>Prepares the plan of every model.</summary>
    /// <param name="snapshot">What the router published.</param>
    public RoutePlanner(RoutingSnapshot snapshot)
    {
        Version = snapshot.Version;
        _providers = snapshot.Providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);
        _models = snapshot.Models.ToFrozenDictionary(model => model.Name, StringComparer.Ordinal);
        _plans = _models.ToFrozenDictionary(model => model.Key, model => PlanOf(model.Value), StringComparer.Ordinal);
        _listed = Array.AsReadOnly(_models.Values.OrderBy(model => model.Name, StringComparer.Ordinal).ToArray());
    }

    /// <summary>The version of the snapshot it plans from.</summary>
    public long Version { get; }

    /// <summary>Every published model, by name.</summary>
    public IReadOnlyList<RoutedModel> ListModels() => _listed;

    /// <summary>Looks a published model up. Upper and lower case are told apart.</summary>
    /// <param name="name">The name a caller used.</param>
    /// <param name="model">The model.</param>
    /// <returns>False when no model is published under the name.</returns>
    public bool TryFindModel(string name, [NotNullWhen(true)] out RoutedModel? model) =>
        _models.TryGetValue(name, out model);

    /// <summary>Every place a call may be sent to, the first choice first.</summary>
    /// <param name="model">The published name.</param>
    /// <param name="seed">
    /// Chance: a random number spreads calls by weight, the same number gives the same weighted order.
    /// </param>
    /// <returns>Empty when there is no such model.</returns>
    public IReadOnlyList<RouteCandidate> Plan(string model, uint seed) =>
        _plans.TryGetValue(model, out var plan) ? plan.Candidates(seed) : [];

    /// <summary>A plan as <see cref="Plan"/> makes it, each candidate with what put it in its place.</summary>
    /// <param name="model">The published name.</param>
    /// <param name="seed">As for <see cref="Plan"/>.</param>
    /// <returns>Empty when there is no such model.</returns>
    public IReadOnlyList<PlannedCandidate> Explain(string model, uint seed) =>
        _plans.TryGetValue(model, out var plan) ? plan.Explain(seed) : [];

    private ModelPlan PlanOf(RoutedModel asked)
    {
        var inOrder = new List<RoutedModel>();
        Follow(asked, depth: 0, inOrder);

        var seen = new HashSet<(string Provider, string Model)>();
        var up = new List<CandidateTier>();
        var down = new List<CandidateTier>();
        foreach (var model in inOrder)
        {
            var tiers = CandidatesOf(model)
                .Where(candidate => seen.Add((candidate.Provider.Name, candidate.Deployment.Model)))
                .GroupBy(candidate => (candidate.Provider.Up, candidate.Deployment.Priority));
            foreach (var tier in tiers)
            {
                var alike = CandidateTier.Of(model.Strategy, [.. tier], isFallback: !ReferenceEquals(model, asked));
                (tier.Key.Up ? up : down).Add(alike);
            }
        }

        return new ModelPlan(up.Concat(down));
    }

    /// <summary>The model, then each fallback with its own. A model met before is left out, so a cycle ends.</summary>
    private void Follow(RoutedModel model, int depth, List<RoutedModel> inOrder)
    {
        inOrder.Add(model);
        if (depth == MaxFallbackDepth)
            return;

        foreach (var name in model.Fallbacks)
        {
            if (_models.TryGetValue(name, out var fallback) && !inOrder.Exists(met => ReferenceEquals(met, fallback)))
                Follow(fallback, depth + 1, inOrder);
        }
    }

    private IEnumerable<RouteCandidate> CandidatesOf(RoutedModel model)
    {
        // A deployment of a provider that is not in the snapshot has nowhere to go.
        foreach (var deployment in model.Deployments.OrderBy(deployment => deployment.Priority))
        {
            if (_providers.TryGetValue(deployment.Provider, out var provider))
                yield return new RouteCandidate(model, provider, deployment);
        }
    }
}
