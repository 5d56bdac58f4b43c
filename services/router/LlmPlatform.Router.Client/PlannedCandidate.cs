namespace LlmPlatform.Router.Client;

/// <summary>A candidate with what put it in its place; see <see cref="RoutePlanner.Explain"/>.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="IsFallback">True when its model is not the one the call was planned for.</param>
/// <param name="Strategy">
/// What ordered it among its equals, as the configuration spells it, or <c>only</c> when it has none.
/// </param>
/// <param name="TierSize">How many candidates of its model share its health and priority, itself included.</param>
/// <param name="Measure">What the strategy went by, in words.</param>
/// <param name="Standing">Whether it may be tried right now.</param>
public sealed record PlannedCandidate(
    RouteCandidate Candidate,
    bool IsFallback,
    string Strategy,
    int TierSize,
    string Measure,
    DeploymentStanding Standing)
{
    /// <summary>What it cannot do that the call needs: it is left out then.</summary>
    public CandidateLack Lack { get; init; }
}
