namespace LlmPlatform.Contracts.Routing;

/// <summary>
/// A deployment breaks what is promised of it, and is tried after all others until it is taken back. Said once for each
/// time: provider, its model and the moment name it.
/// </summary>
public sealed record DeploymentDemoted
{
    /// <summary>The provider's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own model name.</summary>
    public required string ProviderModel { get; init; }

    /// <summary>Since when, to the millisecond.</summary>
    public required DateTimeOffset DemotedAt { get; init; }

    /// <summary>What it breaks, such as <c>12 % of its attempts failed</c>.</summary>
    public required string Reason { get; init; }
}
