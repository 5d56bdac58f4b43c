namespace LlmPlatform.Router.Client;

/// <summary>A candidate without equals: nothing to choose.</summary>
internal sealed class OnlyTier(RouteCandidate[] candidates, bool isFallback) : CandidateTier(candidates, isFallback)
{
    public override bool Varies => false;

    protected override string Strategy => "only";

    public override void Order(Span<RouteCandidate> places, ref PlanRandom random) => places[0] = Candidates[0];

    protected override double ShareOf(RouteCandidate candidate) => 1;
}
