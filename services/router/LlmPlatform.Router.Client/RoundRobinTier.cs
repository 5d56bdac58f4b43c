namespace LlmPlatform.Router.Client;

/// <summary>Each in turn: every plan begins one further on. The turn starts over with a new snapshot.</summary>
internal sealed class RoundRobinTier(RouteCandidate[] candidates, bool isFallback)
    : CandidateTier(candidates, isFallback)
{
    private uint _turn = uint.MaxValue;

    protected override string Strategy => "round_robin";

    public override void Order(Span<RouteCandidate> places, ref PlanRandom random)
    {
        var first = (int)(Interlocked.Increment(ref _turn) % (uint)Candidates.Length);
        var tail = Candidates.AsSpan(first);
        tail.CopyTo(places);
        Candidates.AsSpan(0, first).CopyTo(places[tail.Length..]);
    }

    protected override double ShareOf(RouteCandidate candidate) => 1.0 / Candidates.Length;
}
