namespace LlmPlatform.Router.Client;

/// <summary>The one with the fewest calls under way for its weight.</summary>
internal sealed class LeastBusyTier(RouteCandidate[] candidates, bool isFallback)
    : MeasuredTier(candidates, isFallback)
{
    protected override string Strategy => "least_busy";

    protected override double FigureOf(RouteCandidate candidate, in RouteRequest request) =>
        (double)candidate.Signals.InFlight / WeightOf(candidate);

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) =>
        Text($"{candidate.Signals.InFlight} calls under way, weight {WeightOf(candidate)}");
}
