namespace LlmPlatform.Hosting.Configuration;

/// <summary>What must hold of a call; what is null is not asked. At least one is given.</summary>
public sealed record RouteCondition
{
    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>The tier of the caller's tenant.</summary>
    public string? TenantTier { get; init; }

    /// <summary>The caller's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// The model the caller asked for, by pattern. It need not be declared, so a route can give an old name a new
    /// model.
    /// </summary>
    public GlobList? Model { get; init; }

    /// <summary>The caller's team.</summary>
    public string? Team { get; init; }

    /// <summary>Labels the caller's key must have, each with a pattern of its value. Default none.</summary>
    public IReadOnlyDictionary<string, string> KeyMetadata { get; init; } = NoLabels;

    /// <summary>A tag of the call, of its key or in <c>X-Tags</c>: <c>name</c> or <c>name=value</c>.</summary>
    public string? Tag { get; init; }

    /// <summary>Whether personal data was found in the prompt.</summary>
    public bool? Pii { get; init; }

    /// <summary>
    /// The latency class the caller asked for in the header <c>X-Latency-Class</c>, such as <c>fast</c>.
    /// </summary>
    public string? LatencyClass { get; init; }

    /// <summary>
    /// Where the caller is: the label <c>region</c> of its key, else the header <c>X-Region</c>.
    /// </summary>
    public string? Region { get; init; }

    /// <summary>
    /// Where the caller's data must stay: the label <c>residency</c> of its key, else the header <c>X-Residency</c>.
    /// </summary>
    public string? Residency { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    public bool? Stream { get; init; }

    /// <summary>The prompt has more tokens than this, by estimate, 0 to 100000000.</summary>
    public int? PromptTokensOver { get; init; }

    /// <summary>The prompt has fewer tokens than this, by estimate, 1 to 100000000.</summary>
    public int? PromptTokensUnder { get; init; }

    /// <summary>More calls than this are open for the model asked for, 0 to 1000000.</summary>
    public int? QueueDepthOver { get; init; }

    /// <summary>The share of otherwise matching calls that this route takes, 1 to 100 percent. Null: all.</summary>
    public int? Percent { get; init; }
}
