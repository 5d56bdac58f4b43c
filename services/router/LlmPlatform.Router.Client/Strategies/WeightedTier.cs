namespace LlmPlatform.Router.Client;

/// <summary>By chance, in proportion to the weights; the next place again among those that are left.</summary>
internal class WeightedTier(RouteCandidate[] candidates, bool isFallback) : CandidateTier(candidates, isFallback)
{
    private readonly int _totalWeight = candidates.Sum(WeightOf);

    protected override string Strategy => "weighted";

    public override void Order(Span<RouteCandidate> places, in RouteRequest request, ref PlanRandom random) =>
        Draw(places, ref random);

    protected void Draw(Span<RouteCandidate> places, ref PlanRandom random)
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

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) =>
        Text($"first in {(double)WeightOf(candidate) / _totalWeight:P0} of calls");
}
