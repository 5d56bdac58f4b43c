namespace LlmPlatform.Router.Client;

/// <summary>A model as one provider serves it.</summary>
public sealed record RoutedDeployment
{
    /// <summary>The provider's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own model name.</summary>
    public required string Model { get; init; }

    /// <summary>Lower is tried first, from 1.</summary>
    public required int Priority { get; init; }

    /// <summary>The share among deployments of one priority, from 1.</summary>
    public required int Weight { get; init; }
}
