namespace LlmPlatform.Router.Client;

/// <summary>
/// Everything that can be said of a model's plans before a call comes: the tiers, in the order they are tried.
/// </summary>
internal sealed class ModelPlan
{
    private readonly CandidateTier[] _tiers;
    private readonly int _count;

    /// <summary>
    /// The one plan there is when no tier leaves a choice: shared by every call, so nobody may change it.
    /// </summary>
    private readonly IReadOnlyList<RouteCandidate>? _only;

    public ModelPlan(IEnumerable<CandidateTier> tiers)
    {
        _tiers = [.. tiers];
        _count = _tiers.Sum(tier => tier.Count);
        if (!Array.Exists(_tiers, tier => tier.Varies))
            _only = Array.AsReadOnly(Draw(seed: 0));
    }

    public IReadOnlyList<RouteCandidate> Candidates(uint seed) => _only ?? Draw(seed);

    public IReadOnlyList<PlannedCandidate> Explain(uint seed)
    {
        var places = Draw(seed);
        var explained = new List<PlannedCandidate>(_count);
        foreach (var tier in _tiers)
        {
            for (var left = tier.Count; left > 0; left--)
                explained.Add(tier.Explain(places[explained.Count]));
        }

        return explained;
    }

    private RouteCandidate[] Draw(uint seed)
    {
        var places = new RouteCandidate[_count];
        var random = new PlanRandom(seed);
        var from = 0;
        foreach (var tier in _tiers)
        {
            tier.Order(places.AsSpan(from, tier.Count), ref random);
            from += tier.Count;
        }

        return places;
    }
}
