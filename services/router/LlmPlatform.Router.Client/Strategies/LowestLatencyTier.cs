namespace LlmPlatform.Router.Client;

/// <summary>
/// The quicker of two that are drawn: whoever sees a new figure first does not send everybody to the same place. After
/// it the others, the quickest first. One that was never called counts as the quickest, so that it is measured.
/// </summary>
internal sealed class LowestLatencyTier(RouteCandidate[] candidates, bool isFallback)
    : MeasuredTier(candidates, isFallback)
{
    protected override string Strategy => "lowest_latency";

    protected override double FigureOf(RouteCandidate candidate, in RouteRequest request) =>
        candidate.Signals.ExpectedSeconds(request.NowTicks, request.IsStream);

    protected override void Choose(Span<RouteCandidate> places, Span<double> figures)
    {
        // The draw has put two at the front by chance, in proportion to the weights.
        if (figures[1] < figures[0])
        {
            (places[0], places[1]) = (places[1], places[0]);
            (figures[0], figures[1]) = (figures[1], figures[0]);
        }

        Sort(places[1..], figures[1..]);
    }

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) =>
        Text($"the quicker of two drawn; expected {FigureOf(candidate, in request):0.000} s to its first byte");
}
