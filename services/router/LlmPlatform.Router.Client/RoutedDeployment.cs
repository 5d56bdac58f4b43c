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

    /// <summary>False where it takes no tools; null where nobody says, and it is tried.</summary>
    public bool? Tools { get; init; }

    /// <summary>False where it sees no pictures; null where nobody says, and it is tried.</summary>
    public bool? Vision { get; init; }

    /// <summary>Tokens of input and output together; null: as its model has it.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The most it can produce in one call; null: as its model has it.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>True while it breaks what was promised of it: it is tried after all that do not.</summary>
    public bool Demoted { get; init; }
}
