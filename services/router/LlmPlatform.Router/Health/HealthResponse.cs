using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Router.Health;

/// <summary>What is known of a provider's health.</summary>
internal sealed record HealthResponse
{
    public required string Provider { get; init; }

    public required bool Up { get; init; }

    /// <summary>False: nothing to probe, so it is up until calls to it fail.</summary>
    public required bool Probed { get; init; }

    /// <summary>When it last went up or down, or was first probed.</summary>
    public DateTimeOffset? Since { get; init; }

    [JsonPropertyName("last_probe_at")]
    public DateTimeOffset? LastProbeAt { get; init; }

    [JsonPropertyName("last_probe_outcome")]
    public string? LastProbeOutcome { get; init; }

    /// <summary>Probes in a row that speak against the present state.</summary>
    [JsonPropertyName("against_in_a_row")]
    public required int AgainstInARow { get; init; }

    [JsonPropertyName("healthy_after")]
    public required int HealthyAfter { get; init; }

    [JsonPropertyName("unhealthy_after")]
    public required int UnhealthyAfter { get; init; }

    public static HealthResponse Of(ProviderConfiguration provider, bool probed, ProviderHealth? health) => new()
    {
        Provider = provider.Name,
        Up = health?.Up ?? true,
        Probed = probed,
        Since = health?.Since,
        LastProbeAt = health?.LastProbeAt,
        LastProbeOutcome = health?.LastOutcome,
        AgainstInARow = health?.AgainstInARow ?? 0,
        HealthyAfter = provider.Health.HealthyAfter,
        UnhealthyAfter = provider.Health.UnhealthyAfter,
    };
}
