using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Router.Catalog;

/// <summary>A published model as operators see it.</summary>
internal sealed record ModelResponse
{
    public required string Name { get; init; }

    public required bool Enabled { get; init; }

    [JsonPropertyName("disabled_reason")]
    public string? DisabledReason { get; init; }

    public required string Strategy { get; init; }

    /// <summary>Those whose provider is on.</summary>
    public required IReadOnlyList<Deployment> Deployments { get; init; }

    public required IReadOnlyList<string> Fallbacks { get; init; }

    [JsonPropertyName("context_window_fallbacks")]
    public required IReadOnlyList<string> ContextWindowFallbacks { get; init; }

    [JsonPropertyName("content_policy_fallbacks")]
    public required IReadOnlyList<string> ContentPolicyFallbacks { get; init; }

    [JsonPropertyName("on_disconnect")]
    public required string OnDisconnect { get; init; }

    [JsonPropertyName("context_window")]
    public int? ContextWindow { get; init; }

    [JsonPropertyName("max_output_tokens")]
    public int? MaxOutputTokens { get; init; }

    /// <summary>Null: nobody says.</summary>
    public bool? Tools { get; init; }

    /// <summary>Null: nobody says.</summary>
    public bool? Vision { get; init; }

    /// <summary>Null: no second deployment is asked beside a slow one.</summary>
    public Hedge? Hedging { get; init; }

    public static ModelResponse Of(ModelConfiguration model) => new()
    {
        Name = model.Name,
        Enabled = model.Enabled,
        DisabledReason = model.DisabledReason,
        Strategy = EnumText.Of(model.Strategy),
        Deployments =
        [
            .. model.Deployments.Select(deployment =>
                new Deployment(deployment.Provider, deployment.Model, deployment.Priority, deployment.Weight)
                {
                    Tools = deployment.Tools,
                    Vision = deployment.Vision,
                    ContextWindow = deployment.ContextWindow,
                    MaxOutputTokens = deployment.MaxOutputTokens,
                }),
        ],
        Fallbacks = model.Fallbacks,
        ContextWindowFallbacks = model.ContextWindowFallbacks,
        ContentPolicyFallbacks = model.ContentPolicyFallbacks,
        OnDisconnect = EnumText.Of(model.OnDisconnect),
        ContextWindow = model.ContextWindow,
        MaxOutputTokens = model.MaxOutputTokens,
        Tools = model.Tools,
        Vision = model.Vision,
        Hedging = model.Hedging is { } hedging
            ? new Hedge(DurationText.Format(hedging.Initial), DurationText.Format(hedging.Floor), hedging.Percent)
            : null,
    };

    /// <summary>When another deployment is asked beside a slow one; as the configuration spells it.</summary>
    internal sealed record Hedge(string Initial, string Floor, int Percent);

    /// <summary>Where it is served.</summary>
    internal sealed record Deployment(string Provider, string Model, int Priority, int Weight)
    {
        /// <summary>Null: as the model says; so with all that follow.</summary>
        public bool? Tools { get; init; }

        public bool? Vision { get; init; }

        [JsonPropertyName("context_window")]
        public int? ContextWindow { get; init; }

        [JsonPropertyName("max_output_tokens")]
        public int? MaxOutputTokens { get; init; }
    }
}
