namespace LlmPlatform.Router.Client;

/// <summary>
/// By a figure that a strategy has of each candidate, the smallest first; equals by chance, in proportion to the
/// weights.
/// </summary>
internal abstract class MeasuredTier(RouteCandidate[] candidates, bool isFallback)
    : WeightedTier(candidates, isFallback)
{
    /// <summary>More candidates than this in one tier are measured in memory of the heap.</summary>
    private const int OnStack = 64;

    public override void Order(Span<RouteCandidate> places, in RouteRequest request, ref PlanRandom random)
    {
        Draw(places, ref random);
        var ready = places[..ReadyFirst(places, request.NowTicks)];
        var figures = ready.Length <= OnStack ? stackalloc double[ready.Length] : new double[ready.Length];
        for (var place = 0; place < ready.Length; place++)
            figures[place] = FigureOf(ready[place], in request);
        if (ready.Length > 1)
            Choose(ready, figures);
    }

    protected abstract double FigureOf(RouteCandidate candidate, in RouteRequest request);

    protected virtual void Choose(Span<RouteCandidate> places, Span<double> figures) =>
        Sort(places, figures);

    // Insertion: tiers are short, and equals must keep the order they were drawn in.
    protected static void Sort(Span<RouteCandidate> places, Span<double> figures)
    {
        for (var place = 1; place < places.Length; place++)
        {
            var (candidate, figure) = (places[place], figures[place]);
            var before = place - 1;
            for (; before >= 0 && figures[before] > figure; before--)
                (places[before + 1], figures[before + 1]) = (places[before], figures[before]);
            (places[before + 1], figures[before + 1]) = (candidate, figure);
        }
    }
}
