namespace LlmPlatform.Router.Client;

/// <summary>One place a call may be sent to.</summary>
/// <param name="Model">The published model, which may be a fallback of the one asked for.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Deployment">The deployment.</param>
public sealed record RouteCandidate(RoutedModel Model, RoutedProvider Provider, RoutedDeployment Deployment);
