namespace LlmPlatform.Router.Client;

/// <summary>A routing rule: what must hold of a call, and where it then goes. What is null is not asked.</summary>
public sealed record RoutedRule
{
    /// <summary>Its place among the rules, from 1: the first match wins.</summary>
    public required int Position { get; init; }

    /// <summary>The caller's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>The tenant's tier.</summary>
    public string? TenantTier { get; init; }

    /// <summary>The caller's team.</summary>
    public string? Team { get; init; }

    /// <summary>Labels the caller's key must have, with patterns of their values.</summary>
    public IReadOnlyDictionary<string, string>? KeyMetadata { get; init; }

    /// <summary>Patterns of the model asked for.</summary>
    public IReadOnlyList<string>? Model { get; init; }

    /// <summary>A label of the call, <c>name</c> or <c>name=value</c>.</summary>
    public string? Tag { get; init; }

    /// <summary>Whether personal data was found in the prompt.</summary>
    public bool? Pii { get; init; }

    /// <summary>How quickly the caller wants an answer.</summary>
    public string? LatencyClass { get; init; }

    /// <summary>Where the caller is.</summary>
    public string? Region { get; init; }

    /// <summary>Where the caller's data must stay.</summary>
    public string? Residency { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    public bool? Stream { get; init; }

    /// <summary>More input tokens than this, by estimate.</summary>
    public long? PromptTokensOver { get; init; }

    /// <summary>Fewer input tokens than this, by estimate.</summary>
    public long? PromptTokensUnder { get; init; }

    /// <summary>More calls than this are under way on the deployments of the model asked for.</summary>
    public int? QueueDepthOver { get; init; }

    /// <summary>The share of the calls that match otherwise, 1 to 100.</summary>
    public int? Percent { get; init; }

    /// <summary>The model, or <c>provider:model</c>; null keeps the one asked for.</summary>
    public string? UseModel { get; init; }

    /// <summary>Only deployments of this provider.</summary>
    public string? UseProvider { get; init; }

    /// <summary>Only deployments of providers in this region.</summary>
    public string? UseRegion { get; init; }

    /// <summary>Only deployments of providers whose data never leaves the house.</summary>
    public bool UseLocal { get; init; }

    /// <summary>What the caller is told when the rule refuses the call; null: it does not.</summary>
    public string? Refuse { get; init; }
}
