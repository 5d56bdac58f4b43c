namespace LlmPlatform.Router.Client;

/// <summary>
/// What this call would cost, by its own tokens: a deployment with cheap input and dear output may win long prompts
/// and lose long answers. Without a price it comes last: unpriced is not free.
/// </summary>
internal sealed class LowestCostTier(RouteCandidate[] candidates, bool isFallback)
    : MeasuredTier(candidates, isFallback)
{
    /// <summary>What an answer is taken to be long where nobody says.</summary>
    private const int UsualOutputTokens = 500;

    private const double PerMillion = 1_000_000;

    protected override string Strategy => "lowest_cost";

    protected override double FigureOf(RouteCandidate candidate, in RouteRequest request)
    {
        var deployment = candidate.Deployment;
        if (deployment is not { InputPrice: { } input, OutputPrice: { } output })
            return double.MaxValue;
        var produced = request.OutputTokens > 0 ? request.OutputTokens : UsualOutputTokens;
        return (((double)input * request.PromptTokens) + ((double)output * produced)) / PerMillion;
    }

    protected override string Measure(RouteCandidate candidate, in RouteRequest request) =>
        FigureOf(candidate, in request) is < double.MaxValue and var cost
            ? Text($"about {cost:0.######} USD for this call")
            : "no price is known, so it comes last";
}
