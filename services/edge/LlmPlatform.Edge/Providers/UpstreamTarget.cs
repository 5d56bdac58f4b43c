using LlmPlatform.Edge.Relay;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>Where one attempt goes, and what is asked of the provider there.</summary>
/// <param name="Adapter">How the provider is spoken to.</param>
/// <param name="Candidate">The deployment.</param>
/// <param name="Wire">The protocol of this exchange with the provider.</param>
/// <param name="Asked">The protocol of the caller.</param>
/// <param name="Stream">Whether the answer is streamed.</param>
internal sealed record UpstreamTarget(
    ProviderAdapter Adapter, RouteCandidate Candidate, Wire Wire, Wire Asked, bool Stream)
{
    /// <summary>The provider's own name of the model.</summary>
    public string Model => Candidate.Deployment.Model;

    /// <summary>The bound on output tokens to write where the caller gave none; null for none.</summary>
    public long? OutputBound { get; init; }
}
