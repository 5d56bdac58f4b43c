namespace LlmPlatform.Router.Client;

/// <summary>
/// Leaves out of a plan what cannot do what the call needs. What the catalogue says for certain counts always. How long
/// a prompt is, is a guess: it puts others before a deployment, but refuses only what is beyond doubt.
/// </summary>
internal static class CandidateFitness
{
    // An estimate is at least what a prompt has, and half of it less than any has.
    private const int BeyondDoubt = 2;

    /// <summary>What a candidate lacks for a call.</summary>
    public static CandidateLack LackOf(RouteCandidate candidate, in RouteRequest request) =>
        LackOf(candidate, in request, overEstimate: 1);

    /// <summary>Those that can take the call, in their order. All of them: the same list.</summary>
    /// <param name="planned">In order.</param>
    /// <param name="request">The call.</param>
    /// <param name="lack">What it is that none can, where none is left; otherwise none.</param>
    public static IReadOnlyList<RouteCandidate> Fit(
        IReadOnlyList<RouteCandidate> planned, in RouteRequest request, out CandidateLack lack)
    {
        lack = CandidateLack.None;
        var fit = 0;
        for (var i = 0; i < planned.Count; i++)
            fit += LackOf(planned[i], in request) == CandidateLack.None ? 1 : 0;
        return fit == planned.Count ? planned : Choose(planned, in request, ref lack);
    }

    private static List<RouteCandidate> Choose(
        IReadOnlyList<RouteCandidate> planned, in RouteRequest request, ref CandidateLack lack)
    {
        var fit = Those(planned, in request, 1);
        if (fit.Exists(candidate => candidate.Kind == FallbackKind.Any))
            return fit;

        // What is said to be for prompts that are too long needs no refusal first.
        var roomy = fit.FindAll(candidate => candidate.Kind == FallbackKind.ContextWindow);
        if (roomy.Count > 0 && AnyLacks(planned, in request, CandidateLack.ContextWindow))
            return roomy;

        var doubtful = Those(planned, in request, BeyondDoubt);
        if (doubtful.Exists(candidate => candidate.Kind == FallbackKind.Any))
            return doubtful;
        lack = LackOf(planned[0], in request);
        return [];
    }

    private static List<RouteCandidate> Those(
        IReadOnlyList<RouteCandidate> planned, in RouteRequest request, int overEstimate)
    {
        var those = new List<RouteCandidate>(planned.Count);
        for (var i = 0; i < planned.Count; i++)
        {
            if (LackOf(planned[i], in request, overEstimate) == CandidateLack.None)
                those.Add(planned[i]);
        }

        return those;
    }

    private static bool AnyLacks(
        IReadOnlyList<RouteCandidate> planned, in RouteRequest request, CandidateLack lack)
    {
        for (var i = 0; i < planned.Count; i++)
        {
            if (LackOf(planned[i], in request) == lack)
                return true;
        }

        return false;
    }

    private static CandidateLack LackOf(RouteCandidate candidate, in RouteRequest request, int overEstimate)
    {
        var (deployment, model) = (candidate.Deployment, candidate.Model);
        return request.NeedsTools && deployment.Tools == false ? CandidateLack.Tools
            : request.NeedsVision && deployment.Vision == false ? CandidateLack.Vision
            : request.OutputTokens > (deployment.MaxOutputTokens ?? model.MaxOutputTokens) ? CandidateLack.MaxOutput
            : (request.WindowTokens / overEstimate) + request.OutputTokens
                > (deployment.ContextWindow ?? model.ContextWindow) ? CandidateLack.ContextWindow
            : CandidateLack.None;
    }
}
