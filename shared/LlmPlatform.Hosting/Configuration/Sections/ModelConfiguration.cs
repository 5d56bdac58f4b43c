namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>models</c>: a name callers use, and who serves it.</summary>
public sealed record ModelConfiguration
{
    /// <summary>The unique name callers use.</summary>
    public required string Name { get; init; }

    /// <summary>Who serves it, in the order of the file, without those whose provider is off.</summary>
    public IReadOnlyList<DeploymentConfiguration> Deployments { get; init; } = [];

    /// <summary>Models to try when no deployment can serve, in order, without those that are off.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>Models to try when a request is longer than the context window, in order.</summary>
    public IReadOnlyList<string> ContextWindowFallbacks { get; init; } = [];

    /// <summary>Models to try when a request is against the provider's policy, in order.</summary>
    public IReadOnlyList<string> ContentPolicyFallbacks { get; init; } = [];

    /// <summary>How failed attempts are followed by others.</summary>
    public ModelFailoverConfiguration Failover { get; init; } = new();

    /// <summary>When another deployment is asked beside a slow one; null: never.</summary>
    public ModelHedgingConfiguration? Hedging { get; init; }

    /// <summary>Tokens of prompt and answer together; null when not said.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens of the longest answer; null when not said.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>False where it takes no tools; null when not said: then it is tried.</summary>
    public bool? Tools { get; init; }

    /// <summary>False where it sees no pictures; null when not said: then it is tried.</summary>
    public bool? Vision { get; init; }

    /// <summary>What it costs; null when not said: its calls are then recorded as unpriced, never as free.</summary>
    public PriceSchedule? Price { get; init; }

    /// <summary>How a deployment is chosen among those of the same priority. Default weighted.</summary>
    public RoutingStrategy Strategy { get; init; } = RoutingStrategy.Weighted;

    /// <summary>What becomes of a call whose caller goes away. Default drain.</summary>
    public DisconnectPolicy OnDisconnect { get; init; } = DisconnectPolicy.Drain;

    /// <summary>False when every provider that would serve it is off.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Why it is off; null when it is on.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
