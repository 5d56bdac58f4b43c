namespace LlmPlatform.Router.Client;

/// <summary>A model name callers may use.</summary>
public sealed record RoutedModel
{
    /// <summary>The published name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is served.</summary>
    public required IReadOnlyList<RoutedDeployment> Deployments { get; init; }

    /// <summary>Published models to try after its own deployments, in order.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>Published models to try when a request is longer than the context window, in order.</summary>
    public IReadOnlyList<string> ContextWindowFallbacks { get; init; } = [];

    /// <summary>Published models to try when a request is against the provider's policy, in order.</summary>
    public IReadOnlyList<string> ContentPolicyFallbacks { get; init; } = [];

    /// <summary>How failed attempts are followed by others.</summary>
    public RoutedFailover Failover { get; init; } = new();

    /// <summary>When another deployment is asked beside a slow one; null: never.</summary>
    public RoutedHedging? Hedging { get; init; }

    /// <summary>Tokens of input and output together; null when not configured.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The most it can produce in one call; null when not configured.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>As the configuration spells it: <c>weighted</c>, <c>round_robin</c>, …</summary>
    public required string Strategy { get; init; }

    /// <summary>
    /// What becomes of a call whose caller goes away, as the configuration spells it: <c>drain</c> or <c>abort</c>.
    /// </summary>
    public string OnDisconnect { get; init; } = "drain";
}
