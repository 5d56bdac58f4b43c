using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace LlmPlatform.Router.Client;

/// <summary>
/// Answers where a call may be sent, in which order, from one snapshot, the signals of the deployments and nothing
/// else. Built once a snapshot; safe for any number of callers at once. A plan costs one array, or nothing where the
/// snapshot leaves no choice.
/// </summary>
/// <remarks>
/// First the rules: the first that matches names the model, or what its deployments must be, or refuses. Then the
/// order: candidates whose provider is up before all that are down, which are still tried when nothing else is left.
/// Among those, the model asked for before its fallbacks, each fallback followed by its own. Within a model by
/// priority, and within a priority by the model's strategy. The same model of the same provider is never planned
/// twice. What must not be called right now (its circuit is open, or it asked to be left alone) comes last.
/// </remarks>
public sealed class RoutePlanner
{
    /// <summary>How many steps fallbacks of fallbacks are followed from the model asked for.</summary>
    public const int MaxFallbackDepth = 8;

    private readonly RuleBook _rules;
    private readonly PlanBuilder _builder;
    private readonly FrozenDictionary<string, RoutedModel> _models;
    private readonly FrozenDictionary<string, ModelPlan> _plans;
    private readonly IReadOnlyList<RoutedModel> _listed;
    private readonly bool _affinity;

    // What rules make of models, and models of one provider: made when first asked for, and never more than fit.
    private readonly BoundedPlans<(string Model, int Rule)> _narrowed = new();
    private readonly BoundedPlans<string> _direct = new();

    /// <summary>Prepares the plan of every model.</summary>
    /// <param name="snapshot">What the router published.</param>
    /// <param name="signals">What is known of the deployments; null: nothing.</param>
    public RoutePlanner(RoutingSnapshot snapshot, SignalBook? signals = null)
    {
        Version = snapshot.Version;
        _rules = new RuleBook(snapshot.Rules);
        _builder = new PlanBuilder(snapshot, signals ?? new SignalBook());
        _models = snapshot.Models.ToFrozenDictionary(model => model.Name, StringComparer.Ordinal);
        _plans = _models.ToFrozenDictionary(
            model => model.Key, model => _builder.PlanOf(model.Value), StringComparer.Ordinal);
        _affinity = snapshot.Models.Any(model => model.Strategy == "consistent_hash");
        var deployments = snapshot.Models.SelectMany(model => model.Deployments).ToList();
        AsksForCapabilities = deployments.Exists(deployment => deployment is { Tools: false } or { Vision: false });
        LeastWindow = deployments.Select(deployment => deployment.ContextWindow)
            .Concat(snapshot.Models.Select(model => model.ContextWindow)).Min();
        _listed = Array.AsReadOnly(_models.Values.OrderBy(model => model.Name, StringComparer.Ordinal).ToArray());
    }

    /// <summary>The version of the snapshot it plans from.</summary>
    public long Version { get; }

    /// <summary>Whether any rule depends on personal data: otherwise nobody needs to look for it.</summary>
    public bool AsksForPersonalData => _rules.AskForPersonalData;

    /// <summary>Whether any deployment takes no tools or sees no pictures: otherwise nobody needs to look.</summary>
    public bool AsksForCapabilities { get; }

    /// <summary>The smallest context window of any deployment; null: none is known.</summary>
    public int? LeastWindow { get; }

    /// <summary>Whether any rule depends on what a call is labelled with.</summary>
    public bool AsksForTags => _rules.AskForTags;

    /// <summary>Whether any rule may decide: otherwise only the model's name does.</summary>
    public bool HasRules => !_rules.IsEmpty;

    /// <summary>Deployments whose signals are kept.</summary>
    public int KnownDeployments => _builder.KnownDeployments;

    /// <summary>Every published model, by name.</summary>
    public IReadOnlyList<RoutedModel> ListModels() => _listed;

    /// <summary>Looks a published model up. Upper and lower case are told apart.</summary>
    /// <param name="name">The name a caller used.</param>
    /// <param name="model">The model.</param>
    /// <returns>False when no model is published under the name.</returns>
    public bool TryFindModel(string name, [NotNullWhen(true)] out RoutedModel? model) =>
        _models.TryGetValue(name, out model);

    /// <summary>
    /// The name that keys and rules go by: a published name as it is, <c>provider/model</c> as <c>provider:model</c>,
    /// so that one thing has one name.
    /// </summary>
    /// <param name="name">The name a caller used.</param>
    public string NameOf(string name) =>
        _models.ContainsKey(name) ? name : DirectName.Spell(name, _builder) ?? name;

    /// <summary>
    /// The name that limits go by: that of the published model also where one of its deployments is named directly, so
    /// that no limit is passed by.
    /// </summary>
    /// <param name="name">As <see cref="NameOf"/> spells it.</param>
    public string PublishedNameOf(string name) =>
        !_models.ContainsKey(name) && DirectName.TryRead(name, _builder, out var direct) ? direct.Name : name;

    /// <summary>Whether calls for a model gain from going where others went that share their prefix.</summary>
    /// <param name="name">The name a caller used.</param>
    public bool UsesAffinity(string name) => HasRules
        ? _affinity
        : _models.TryGetValue(name, out var model) && model.Strategy == "consistent_hash";

    /// <summary>Every place a call may be sent to, the first choice first, by rules and strategies.</summary>
    /// <param name="request">The call.</param>
    public RoutePlan Plan(in RouteRequest request)
    {
        var rule = RuleFor(in request);
        return rule is { Refuse: { } refusal }
            ? new RoutePlan { Candidates = [], Rule = rule, Refusal = refusal }
            : Fit(PlanFor(in request, rule).Candidates(in request), in request, rule);
    }

    /// <summary>
    /// A plan as <see cref="Plan(in RouteRequest)"/> would make it, with what put each candidate there. Those that
    /// cannot take the call come last. Takes no turn of anybody's.
    /// </summary>
    /// <param name="request">The call.</param>
    /// <param name="plan">The plan.</param>
    public IReadOnlyList<PlannedCandidate> Explain(in RouteRequest request, out RoutePlan plan)
    {
        var question = request with { IsQuestion = true };
        var rule = RuleFor(in question);
        if (rule is { Refuse: not null })
        {
            plan = Plan(in question);
            return [];
        }

        var tiers = PlanFor(in question, rule);
        var all = tiers.Candidates(in question);
        plan = Fit(all, in question, rule);
        var explained = new List<PlannedCandidate>(tiers.Explain(plan.Candidates, in question));
        foreach (var planned in tiers.Explain([.. all.Except(plan.Candidates)], in question))
        {
            if (CandidateFitness.LackOf(planned.Candidate, in question) is not CandidateLack.None and var lack)
                explained.Add(planned with { Lack = lack });
        }

        return explained;
    }

    /// <summary>The same by name alone, without rules.</summary>
    /// <param name="model">The published name.</param>
    /// <param name="seed">Chance: the same number gives the same order.</param>
    /// <returns>Empty when there is no such model.</returns>
    public IReadOnlyList<RouteCandidate> Plan(string model, uint seed)
    {
        var request = new RouteRequest { Model = model, Seed = seed };
        return PlanNamed(model).Candidates(in request);
    }

    private static RoutePlan Fit(IReadOnlyList<RouteCandidate> planned, in RouteRequest request, RoutedRule? rule)
    {
        var fit = CandidateFitness.Fit(planned, in request, out var lack);
        return new RoutePlan { Candidates = fit, Rule = rule, Lack = lack };
    }

    private RoutedRule? RuleFor(in RouteRequest request)
    {
        if (_rules.IsEmpty)
            return null;
        var depth = _models.TryGetValue(request.Model, out var model) ? _builder.QueueDepthOf(model) : 0;
        return _rules.Match(in request, depth);
    }

    private ModelPlan PlanFor(in RouteRequest request, RoutedRule? rule)
    {
        var name = rule?.UseModel ?? request.Model;
        if (rule is not { UseLocal: true } and { UseProvider: null, UseRegion: null } or null)
            return PlanNamed(name);
        var key = (name, rule.Position);
        return _narrowed.Find(key) ?? _narrowed.Keep(key, Narrow(name, rule));
    }

    private ModelPlan PlanNamed(string name)
    {
        if (_plans.TryGetValue(name, out var plan))
            return plan;
        return _direct.Find(name) is { } known ? known
            : DirectName.TryRead(name, _builder, out var direct) ? _direct.Keep(name, _builder.PlanOf(direct))
            : ModelPlan.Nowhere;
    }

    private ModelPlan Narrow(string name, RoutedRule rule)
    {
        var asked = _models.GetValueOrDefault(name)
            ?? (DirectName.TryRead(name, _builder, out var direct) ? direct : null);
        var plan = asked is null ? ModelPlan.Nowhere : _builder.PlanOf(asked, rule);

        // A rule that keeps calls in the house is kept also for models that are not served there.
        return plan.IsEmpty && rule is { UseLocal: true, UseModel: null } && asked is not null
            ? _builder.PlanOfAnyLocal(_listed, rule)
            : plan;
    }
}
