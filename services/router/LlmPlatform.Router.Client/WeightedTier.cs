namespace LlmPlatform.Router.Client;

/// <summary>By chance, in proportion to the weights; the next place again among those that are left.</summary>
internal sealed class WeightedTier(RouteCandidate[] candidates, bool isFallback) : CandidateTier(candidates, isFallback)
{
    private readonly int _totalWeight = candidates.Sum(WeightOf);

    protected override string Strategy => "weighted";

    public override void Order(Span<RouteCandidate> places, ref PlanRandom random)
    {
        Candidates.CopyTo(places);
        var left = _totalWeight;
        for (var place = 0; place < places.Length - 1; place++)
        {
            var drawn = random.Below(left);
            var winner = place;
            while (drawn >= WeightOf(places[winner]))
                drawn -= WeightOf(places[winner++]);
            (places[place], places[winner]) = (places[winner], places[place]);
            left -= WeightOf(places[place]);
        }
    }

    protected override double ShareOf(RouteCandidate candidate) => (double)WeightOf(candidate) / _totalWeight;

    /// <summary>
    /// A weight below 1 cannot be configured; from a stranger's snapshot it must not hang or starve the draw.
    /// </summary>
    private static int WeightOf(RouteCandidate candidate) => Math.Max(1, candidate.Deployment.Weight);
}
