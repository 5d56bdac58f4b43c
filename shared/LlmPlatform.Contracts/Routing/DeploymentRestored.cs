namespace LlmPlatform.Contracts.Routing;

/// <summary>A deployment that was demoted is taken back. Said once for each <see cref="DeploymentDemoted"/>.</summary>
public sealed record DeploymentRestored
{
    /// <summary>The provider's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own model name.</summary>
    public required string ProviderModel { get; init; }

    /// <summary>Since when it had been demoted, as it was said then.</summary>
    public required DateTimeOffset DemotedAt { get; init; }

    /// <summary>Why it had been.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when calls go to it as before.</summary>
    public required DateTimeOffset RestoredAt { get; init; }
}
