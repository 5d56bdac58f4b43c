namespace LlmPlatform.Router.Client;

/// <summary>Builds the plans of models: which candidates there are, and in which tiers they stand.</summary>
internal sealed class PlanBuilder(RoutingSnapshot snapshot, SignalBook signals)
{
    private readonly Dictionary<string, RoutedProvider> _providers =
        snapshot.Providers.ToDictionary(provider => provider.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, RoutedModel> _models =
        snapshot.Models.ToDictionary(model => model.Name, StringComparer.Ordinal);

    public int KnownDeployments => signals.Count;

    /// <summary>A provider of the snapshot; null when there is none of that name.</summary>
    public RoutedProvider? FindProvider(string name) => _providers.GetValueOrDefault(name);

    /// <summary>
    /// A published model that the provider serves under a name of its own. Of several the one of that name, then the
    /// one with the fewest deployments: a model that gathers many is priced and bounded for all of them.
    /// </summary>
    public RoutedModel? FindServed(string provider, string model) => snapshot.Models
        .Where(published => published.Deployments.Any(deployment =>
            deployment.Provider == provider && deployment.Model == model))
        .OrderBy(published => published.Name == model ? 0 : published.Deployments.Count)
        .ThenBy(published => published.Name, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>Calls under way on the deployments of a model.</summary>
    public int QueueDepthOf(RoutedModel model)
    {
        var depth = 0;
        for (var i = 0; i < model.Deployments.Count; i++)
            depth += signals.Of(model.Deployments[i].Provider, model.Deployments[i].Model).InFlight;
        return depth;
    }

    /// <summary>The plan of a model and all it falls back to, as far as a rule lets it.</summary>
    public ModelPlan PlanOf(RoutedModel asked, RoutedRule? rule = null)
    {
        var tiers = new TierList(rule);
        Add(tiers, asked, [asked, .. FallbacksOf(asked, asked.Fallbacks)], FallbackKind.Any);
        Add(tiers, asked, FallbacksOf(asked, asked.ContextWindowFallbacks), FallbackKind.ContextWindow);
        Add(tiers, asked, FallbacksOf(asked, asked.ContentPolicyFallbacks), FallbackKind.ContentPolicy);
        return new ModelPlan(tiers.InOrder());
    }

    /// <summary>The plan of a call that must stay in the house, for a model that is not served there.</summary>
    public ModelPlan PlanOfAnyLocal(IReadOnlyList<RoutedModel> models, RoutedRule rule)
    {
        var tiers = new TierList(rule);
        Add(tiers, asked: null, models, FallbackKind.Any);
        return new ModelPlan(tiers.InOrder());
    }

    private void Add(TierList tiers, RoutedModel? asked, IEnumerable<RoutedModel> models, FallbackKind kind)
    {
        foreach (var model in models)
        {
            var alike = CandidatesOf(model, kind).Where(tiers.Takes)
                .GroupBy(candidate => (IsGood(candidate), candidate.Deployment.Priority));
            foreach (var tier in alike)
            {
                var (isGood, priority) = tier.Key;
                tiers.Add(kind, isGood, CandidateTier.Of(
                    model.Strategy,
                    [.. tier],
                    isFallback: !ReferenceEquals(model, asked),
                    () => signals.TurnOf(model.Name, priority)));
            }
        }
    }

    /// <summary>Each with its own fallbacks. A model met before is left out, so a cycle ends.</summary>
    private List<RoutedModel> FallbacksOf(RoutedModel asked, IReadOnlyList<string> names)
    {
        var inOrder = new List<RoutedModel>();
        Follow(asked, names, depth: 0, inOrder);
        return inOrder;
    }

    private void Follow(RoutedModel asked, IReadOnlyList<string> names, int depth, List<RoutedModel> inOrder)
    {
        if (depth == RoutePlanner.MaxFallbackDepth)
            return;
        foreach (var name in names)
        {
            if (!_models.TryGetValue(name, out var fallback) || ReferenceEquals(fallback, asked)
                || inOrder.Exists(met => ReferenceEquals(met, fallback)))
                continue;
            inOrder.Add(fallback);
            Follow(asked, fallback.Fallbacks, depth + 1, inOrder);
        }
    }

    private static bool IsGood(RouteCandidate candidate) => candidate.Provider.Up && !candidate.Deployment.Demoted;

    private IEnumerable<RouteCandidate> CandidatesOf(RoutedModel model, FallbackKind kind)
    {
        // A deployment of a provider that is not in the snapshot has nowhere to go.
        foreach (var deployment in model.Deployments.OrderBy(deployment => deployment.Priority))
        {
            if (_providers.TryGetValue(deployment.Provider, out var provider))
            {
                yield return new RouteCandidate(model, provider, deployment)
                {
                    Kind = kind,
                    Signals = _models.ContainsKey(model.Name)
                        ? signals.Of(deployment.Provider, deployment.Model)
                        : signals.OfNamed(deployment.Provider, deployment.Model),
                };
            }
        }
    }

    /// <summary>The tiers of one plan: what is good before what is not, and nothing twice.</summary>
    private sealed class TierList(RoutedRule? rule)
    {
        private readonly HashSet<(FallbackKind Kind, string Provider, string Model)> _seen = [];
        private readonly List<(FallbackKind Kind, bool IsGood, CandidateTier Tier)> _tiers = [];

        public bool Takes(RouteCandidate candidate) => IsAllowed(candidate)
            && (candidate.Kind == FallbackKind.Any || !IsSeen(FallbackKind.Any, candidate))
            && _seen.Add((candidate.Kind, candidate.Provider.Name, candidate.Deployment.Model));

        public void Add(FallbackKind kind, bool isGood, CandidateTier tier) => _tiers.Add((kind, isGood, tier));

        public IEnumerable<CandidateTier> InOrder() => _tiers
            .OrderBy(entry => entry.Kind)
            .ThenBy(entry => !entry.IsGood)
            .Select(entry => entry.Tier);

        private bool IsSeen(FallbackKind kind, RouteCandidate candidate) =>
            _seen.Contains((kind, candidate.Provider.Name, candidate.Deployment.Model));

        private bool IsAllowed(RouteCandidate candidate) => rule is null
            || ((!rule.UseLocal || candidate.Provider.Local)
                && (rule.UseProvider is null || rule.UseProvider == candidate.Provider.Name)
                && (rule.UseRegion is null
                    || rule.UseRegion.Equals(candidate.Provider.Region, StringComparison.OrdinalIgnoreCase)));
    }
}
