namespace LlmPlatform.Hosting.Configuration;

/// <summary>One provider's model behind a published name.</summary>
public sealed record DeploymentConfiguration
{
    /// <summary>The name of a declared provider.</summary>
    public required string Provider { get; init; }

    /// <summary>What that provider calls the model.</summary>
    public required string Model { get; init; }

    /// <summary>Lower is tried first, 1 to 1000. Default 1.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>Share among deployments of the same priority, 1 to 10000. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>
    /// What a call to this deployment costs: its own price where it has one, else the model's; null when neither is
    /// said.
    /// </summary>
    public PriceSchedule? Price { get; init; }

    /// <summary>False where it takes no tools; null: as its model says.</summary>
    public bool? Tools { get; init; }

    /// <summary>False where it sees no pictures; null: as its model says.</summary>
    public bool? Vision { get; init; }

    /// <summary>Tokens of prompt and answer together; null: as its model says.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens of the longest answer; null: as its model says.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
