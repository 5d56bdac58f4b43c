namespace LlmPlatform.Router.Client;

/// <summary>
/// Calls that share a prefix go to the same deployment, whose prompt cache then knows it. When a deployment comes or
/// goes, only its own share moves (weighted rendezvous hashing). One that has more than its part of the load by a
/// quarter hands on what comes to the next choice of the same call (bounded load).
/// </summary>
internal sealed class ConsistentHashTier(RouteCandidate[] candidates, bool isFallback)
    : MeasuredTier(candidates, isFallback)
{
    private const double LoadBound = 1.25;

    // Beyond any score: those that have too much come after those that have not, each in their own order.
    private const double Overloaded = 1e12;

    private readonly int _weights = candidates.Sum(WeightOf);

    protected override string Strategy => "consistent_hash";

    public override void Order(Span<RouteCandidate> places, in RouteRequest request, ref PlanRandom random)
    {
        if (request.Affinity == 0)
            Draw(places, ref random);
        else
            base.Order(places, in request, ref random);
    }

    protected override double FigureOf(RouteCandidate candidate, in RouteRequest request)
    {
        var own = RouteSeed.HashOf(candidate.Deployment.Provider, candidate.Deployment.Model);
        var chance = ((RouteSeed.Mix(request.Affinity ^ own) >> 11) + 0.5) / (1UL << 53);
        var score = -Math.Log(chance) / WeightOf(candidate);
        return candidate.Signals.InFlight < BoundOf(candidate) ? score : score + Overloaded;
    }

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) => request.Affinity == 0
        ? "the call shares no prefix with another, so it is drawn by weight"
        : Text($"the prefix of the call belongs to it by hash; {candidate.Signals.InFlight} calls under way, ")
            + Text($"at most {BoundOf(candidate):0}");

    private double BoundOf(RouteCandidate candidate)
    {
        var underWay = 1;
        foreach (var other in Candidates)
            underWay += other.Signals.InFlight;
        return Math.Ceiling(LoadBound * underWay * WeightOf(candidate) / _weights);
    }
}
