namespace LlmPlatform.Router.Client;

/// <summary>
/// Each in turn: every plan begins one further on. Who comes second changes from round to round, so that what one fails
/// is not always left to the same neighbour.
/// </summary>
internal sealed class RoundRobinTier(RouteCandidate[] candidates, bool isFallback, RotationTurn turn)
    : CandidateTier(candidates, isFallback)
{
    protected override string Strategy => "round_robin";

    public override void Order(Span<RouteCandidate> places, in RouteRequest request, ref PlanRandom random)
    {
        Candidates.CopyTo(places);
        var ready = ReadyFirst(places, request.NowTicks);
        if (ready < 2)
            return;
        var (round, first) = Math.DivRem(request.IsQuestion ? turn.Peek() : turn.Next(), (uint)ready);
        Rotate(places[..ready], (int)first);
        Rotate(places[1..ready], (int)(round % (uint)(ready - 1)));
    }

    private static void Rotate(Span<RouteCandidate> places, int first)
    {
        places[..first].Reverse();
        places[first..].Reverse();
        places.Reverse();
    }

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) =>
        Text($"first in {1.0 / Count:P0} of calls, by turns that each edge counts for itself");
}
