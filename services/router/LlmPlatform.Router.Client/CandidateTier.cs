namespace LlmPlatform.Router.Client;

/// <summary>
/// Candidates of one model that are alike in health and priority, so that only the model's strategy decides between
/// them.
/// </summary>
internal abstract class CandidateTier(RouteCandidate[] candidates, bool isFallback)
{
    protected RouteCandidate[] Candidates { get; } = candidates;

    public int Count => Candidates.Length;

    /// <summary>False when the order is the same in every plan.</summary>
    public virtual bool Varies => true;

    protected abstract string Strategy { get; }

    /// <summary>
    /// The tier a strategy asks for. <c>lowest_latency</c>, <c>lowest_cost</c> and <c>least_busy</c> need signals that
    /// a snapshot does not carry: here, and only here, they and any strategy of a newer router are ordered by weight.
    /// </summary>
    public static CandidateTier Of(string strategy, RouteCandidate[] candidates, bool isFallback) =>
        candidates.Length == 1 ? new OnlyTier(candidates, isFallback)
        : strategy == "round_robin" ? new RoundRobinTier(candidates, isFallback)
        : new WeightedTier(candidates, isFallback);

    /// <summary>Writes every candidate once, the first choice first. The span has room for exactly them.</summary>
    public abstract void Order(Span<RouteCandidate> places, ref PlanRandom random);

    public PlannedCandidate Explain(RouteCandidate candidate) =>
        new(candidate, isFallback, Strategy, Count, ShareOf(candidate));

    protected abstract double ShareOf(RouteCandidate candidate);
}
