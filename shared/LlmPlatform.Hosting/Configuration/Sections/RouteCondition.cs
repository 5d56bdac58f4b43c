namespace LlmPlatform.Hosting.Configuration;

/// <summary>What must hold of a call; what is null is not asked. At least one is given.</summary>
public sealed record RouteCondition
{
    /// <summary>The tier of the caller's tenant.</summary>
    public string? TenantTier { get; init; }

    /// <summary>The caller's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// The model the caller asked for, by pattern. It need not be declared, so a route can give an old name a new
    /// model.
    /// </summary>
    public GlobList? Model { get; init; }

    /// <summary>Whether personal data was found in the prompt.</summary>
    public bool? Pii { get; init; }

    /// <summary>The latency class the caller asked for, such as <c>fast</c>.</summary>
    public string? LatencyClass { get; init; }

    /// <summary>More calls than this are open for the model asked for, 0 to 1000000.</summary>
    public int? QueueDepthOver { get; init; }

    /// <summary>The share of otherwise matching calls that this route takes, 1 to 100 percent. Null: all.</summary>
    public int? Percent { get; init; }
}
