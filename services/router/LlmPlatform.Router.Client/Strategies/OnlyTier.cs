namespace LlmPlatform.Router.Client;

/// <summary>A candidate without equals: nothing to choose.</summary>
internal sealed class OnlyTier(RouteCandidate[] candidates, bool isFallback) : CandidateTier(candidates, isFallback)
{
    public override bool Varies => false;

    protected override string Strategy => "only";

    public override void Order(Span<RouteCandidate> places, in RouteRequest request, ref PlanRandom random) =>
        places[0] = Candidates[0];

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) =>
        "nothing else has this priority";
}
