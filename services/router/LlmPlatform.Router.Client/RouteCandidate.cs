namespace LlmPlatform.Router.Client;

/// <summary>One place a call may be sent to.</summary>
/// <param name="Model">The published model, which may be a fallback of the one asked for.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Deployment">The deployment.</param>
public sealed record RouteCandidate(RoutedModel Model, RoutedProvider Provider, RoutedDeployment Deployment)
{
    /// <summary>When it may be tried. Default: whenever those before it could not serve.</summary>
    public FallbackKind Kind { get; init; }

    /// <summary>What is known of it right now, shared by every candidate on the same deployment.</summary>
    public DeploymentSignals Signals { get; init; } = new();

    internal bool IsBlockedAt(long now) =>
        Signals.StandingAt(now) is DeploymentStanding.Open or DeploymentStanding.Cooling;
}
