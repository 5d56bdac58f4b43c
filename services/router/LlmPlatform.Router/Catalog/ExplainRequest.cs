using System.Text;
using System.Text.Json.Serialization;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Catalog;

/// <summary>Asks where a call would go. All but the model may be left out.</summary>
internal sealed record ExplainRequest
{
    /// <summary>The name a caller would use.</summary>
    public string? Model { get; init; }

    /// <summary>A call that was made, whose chance is taken: its <c>X-Request-Id</c>.</summary>
    [JsonPropertyName("request_id")]
    public Guid? RequestId { get; init; }

    /// <summary>The chance itself; a random one when neither is given.</summary>
    public uint? Seed { get; init; }

    public string? Tenant { get; init; }

    [JsonPropertyName("tenant_tier")]
    public string? TenantTier { get; init; }

    public string? Team { get; init; }

    [JsonPropertyName("key_metadata")]
    public Dictionary<string, string>? KeyMetadata { get; init; }

    /// <summary>As in <c>X-Tags</c>.</summary>
    public string? Tags { get; init; }

    /// <summary>As in <c>X-Latency-Class</c>.</summary>
    [JsonPropertyName("latency_class")]
    public string? LatencyClass { get; init; }

    public string? Region { get; init; }

    public string? Residency { get; init; }

    public bool Pii { get; init; }

    public bool Stream { get; init; }

    [JsonPropertyName("prompt_tokens")]
    public long PromptTokens { get; init; }

    [JsonPropertyName("max_output_tokens")]
    public long MaxOutputTokens { get; init; }

    /// <summary>Whether the call brings tools.</summary>
    public bool Tools { get; init; }

    /// <summary>Whether the call brings pictures.</summary>
    public bool Vision { get; init; }

    /// <summary>As in <c>X-Routing-Affinity</c>.</summary>
    public string? Affinity { get; init; }

    /// <summary>The same as an edge would read it from a caller and its call.</summary>
    public RouteRequest ToRouteRequest(string model, uint seed, long now) => new()
    {
        Model = model,
        Seed = seed,
        NowTicks = now,
        Tenant = Tenant,
        Tier = TenantTier,
        Team = Team,
        KeyMetadata = KeyMetadata,
        Tags = Tags,
        LatencyClass = LatencyClass,
        Region = KeyMetadata?.GetValueOrDefault("region") ?? Region,
        Residency = KeyMetadata?.GetValueOrDefault("residency") ?? Residency,
        HasPersonalData = Pii,
        PromptTokens = PromptTokens,
        OutputTokens = MaxOutputTokens,
        WindowTokens = PromptTokens,
        NeedsTools = Tools,
        NeedsVision = Vision,
        IsStream = Stream,
        Affinity = Affinity is null ? 0 : RouteSeed.HashOf(Encoding.UTF8.GetBytes(Affinity)),
    };
}
