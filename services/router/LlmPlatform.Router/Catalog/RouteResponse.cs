using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Router.Catalog;

/// <summary>A routing rule as the file declares it.</summary>
internal sealed record RouteResponse
{
    /// <summary>Its place among the rules, from 1: the first match wins.</summary>
    public required int Position { get; init; }

    /// <summary>What a rule that was added here is changed by; null for those of the file.</summary>
    public string? Id { get; init; }

    public required Condition When { get; init; }

    public required Target Use { get; init; }

    public static RouteResponse Of(RouteConfiguration route, int position) => new()
    {
        Position = position,
        When = new Condition
        {
            TenantTier = route.When.TenantTier,
            Tenant = route.When.Tenant,
            Team = route.When.Team,
            KeyMetadata = route.When.KeyMetadata.Count == 0 ? null : route.When.KeyMetadata,
            Tag = route.When.Tag,
            Region = route.When.Region,
            Residency = route.When.Residency,
            Stream = route.When.Stream,
            PromptTokensOver = route.When.PromptTokensOver,
            PromptTokensUnder = route.When.PromptTokensUnder,
            Model = route.When.Model?.Patterns,
            Pii = route.When.Pii,
            LatencyClass = route.When.LatencyClass,
            QueueDepthOver = route.When.QueueDepthOver,
            Percent = route.When.Percent,
        },
        Use = new Target(
            route.Use.Model, route.Use.Provider, route.Use.Region, route.Use.Local, route.Use.Refuse),
    };

    /// <summary>What must hold of a call; what is null is not asked.</summary>
    internal sealed record Condition
    {
        [JsonPropertyName("tenant_tier")]
        public string? TenantTier { get; init; }

        public string? Tenant { get; init; }

        public string? Team { get; init; }

        [JsonPropertyName("key_metadata")]
        public IReadOnlyDictionary<string, string>? KeyMetadata { get; init; }

        public IReadOnlyList<string>? Model { get; init; }

        public string? Tag { get; init; }

        public string? Region { get; init; }

        public string? Residency { get; init; }

        public bool? Stream { get; init; }

        [JsonPropertyName("prompt_tokens_over")]
        public int? PromptTokensOver { get; init; }

        [JsonPropertyName("prompt_tokens_under")]
        public int? PromptTokensUnder { get; init; }

        public bool? Pii { get; init; }

        [JsonPropertyName("latency_class")]
        public string? LatencyClass { get; init; }

        [JsonPropertyName("queue_depth_over")]
        public int? QueueDepthOver { get; init; }

        public int? Percent { get; init; }
    }

    /// <summary>Where a matching call goes.</summary>
    internal sealed record Target(string? Model, string? Provider, string? Region, bool Local, string? Refuse);
}
