namespace LlmPlatform.Router.Client;

/// <summary>
/// Everything that can be said of a model's plans before a call comes: the tiers, in the order they are tried.
/// </summary>
internal sealed class ModelPlan
{
    public static readonly ModelPlan Nowhere = new([]);

    private readonly CandidateTier[] _tiers;
    private readonly int _count;

    /// <summary>
    /// The one plan there is when no tier leaves a choice: shared by every call, so nobody may change it.
    /// </summary>
    private readonly RouteCandidate[]? _only;

    public ModelPlan(IEnumerable<CandidateTier> tiers)
    {
        _tiers = [.. tiers];
        _count = _tiers.Sum(tier => tier.Count);
        if (!Array.Exists(_tiers, tier => tier.Varies))
            _only = Draw(default);
    }

    public bool IsEmpty => _count == 0;

    public IReadOnlyList<RouteCandidate> Candidates(in RouteRequest request)
    {
        if (_only is null)
            return BlockedLast(Draw(in request), request.NowTicks);
        return AnyBlocked(_only, request.NowTicks)
            ? BlockedLast((RouteCandidate[])_only.Clone(), request.NowTicks)
            : _only;
    }

    /// <summary>The candidates, as a plan has them, each with what put it in its place.</summary>
    public IReadOnlyList<PlannedCandidate> Explain(
        IReadOnlyList<RouteCandidate> candidates, in RouteRequest request)
    {
        var explained = new List<PlannedCandidate>(_count);
        foreach (var candidate in candidates)
        {
            if (Array.Find(_tiers, tier => tier.Holds(candidate)) is { } tier)
                explained.Add(tier.Explain(candidate, in request));
        }

        return explained;
    }

    private RouteCandidate[] Draw(in RouteRequest request)
    {
        var places = new RouteCandidate[_count];
        var random = new PlanRandom(request.Seed);
        var from = 0;
        foreach (var tier in _tiers)
        {
            tier.Order(places.AsSpan(from, tier.Count), in request, ref random);
            from += tier.Count;
        }

        return places;
    }

    private static bool AnyBlocked(RouteCandidate[] places, long now)
    {
        foreach (var candidate in places)
        {
            if (candidate.IsBlockedAt(now))
                return true;
        }

        return false;
    }

    // What must not be called now moves to the end, one by one; everything else keeps its order.
    private static RouteCandidate[] BlockedLast(RouteCandidate[] places, long now)
    {
        CandidateTier.ReadyFirst(places, now);
        return places;
    }
}
