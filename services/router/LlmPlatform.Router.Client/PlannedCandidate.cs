namespace LlmPlatform.Router.Client;

/// <summary>A candidate with what put it in its place; see <see cref="RoutePlanner.Explain"/>.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="IsFallback">True when its model is not the one asked for.</param>
/// <param name="Strategy">
/// What ordered it among its equals: <c>weighted</c>, <c>round_robin</c>, or <c>only</c> when it has none.
/// </param>
/// <param name="TierSize">How many candidates of its model share its health and priority, itself included.</param>
/// <param name="Share">How often it comes first among them, above 0 to 1.</param>
public sealed record PlannedCandidate(
    RouteCandidate Candidate, bool IsFallback, string Strategy, int TierSize, double Share);
