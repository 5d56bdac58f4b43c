namespace LlmPlatform.Router.Client;

/// <summary>
/// All of a call that decides where it goes. With the same snapshot and the same signals it gives the same plan.
/// </summary>
public readonly record struct RouteRequest
{
    /// <summary>A published name, <c>provider:model</c>, <c>provider/model</c>, or a name that a rule knows.</summary>
    public required string Model { get; init; }

    /// <summary>Chance: see <see cref="RouteSeed.Of(Guid)"/>.</summary>
    public uint Seed { get; init; }

    /// <summary>The present moment, as <see cref="DeploymentSignals"/> counts it.</summary>
    public long NowTicks { get; init; }

    /// <summary>The caller's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>The tenant's tier.</summary>
    public string? Tier { get; init; }

    /// <summary>The caller's team.</summary>
    public string? Team { get; init; }

    /// <summary>The labels of the caller's key; null: none.</summary>
    public IReadOnlyDictionary<string, string>? KeyMetadata { get; init; }

    /// <summary>What the call is labelled with: <c>name=value</c>, separated by commas.</summary>
    public string? Tags { get; init; }

    /// <summary>How quickly the caller wants an answer, such as <c>fast</c>.</summary>
    public string? LatencyClass { get; init; }

    /// <summary>Where the caller is.</summary>
    public string? Region { get; init; }

    /// <summary>Where the caller's data must stay.</summary>
    public string? Residency { get; init; }

    /// <summary>True when a guard found personal data in the prompt.</summary>
    public bool HasPersonalData { get; init; }

    /// <summary>Input tokens, estimated.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Output tokens the caller allows; 0 when it does not say.</summary>
    public long OutputTokens { get; init; }

    /// <summary>
    /// Tokens that the prompt takes of a context window, rather too many than too few; 0 where no window matters.
    /// </summary>
    public long WindowTokens { get; init; }

    /// <summary>Whether the call brings tools.</summary>
    public bool NeedsTools { get; init; }

    /// <summary>Whether the call brings pictures.</summary>
    public bool NeedsVision { get; init; }

    /// <summary>True for a question of where a call would go: no turn is taken by it.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>Whether the answer is to be streamed.</summary>
    public bool IsStream { get; init; }

    /// <summary>Calls with the same number share a provider's prompt cache; 0: they share nothing.</summary>
    public ulong Affinity { get; init; }
}
