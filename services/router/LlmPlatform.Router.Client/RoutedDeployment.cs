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

    /// <summary>USD per 1,000,000 input tokens; null where no price is known. For choosing, never for bills.</summary>
    public decimal? InputPrice { get; init; }

    /// <summary>USD per 1,000,000 output tokens.</summary>
    public decimal? OutputPrice { get; init; }

    /// <summary>True while it breaks what was promised of it: it is tried after all that do not.</summary>
    public bool Demoted { get; init; }
}
