using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Health;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// A provider as operators see it. There is no credential in it, encrypted or not, nor the value of a header.
/// </summary>
internal sealed record ProviderResponse
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>Without user, password and query, where a credential might have been written.</summary>
    [JsonPropertyName("base_url")]
    public string? BaseUrl { get; init; }

    public required bool Enabled { get; init; }

    [JsonPropertyName("disabled_reason")]
    public string? DisabledReason { get; init; }

    [JsonPropertyName("api_version")]
    public string? ApiVersion { get; init; }

    public string? Project { get; init; }

    public string? Location { get; init; }

    public string? Vendor { get; init; }

    /// <summary>The names of what is sent beside the wire's own headers.</summary>
    public required IReadOnlyList<string> Headers { get; init; }

    public string? Region { get; init; }

    public required bool Local { get; init; }

    /// <summary>Null while it is off.</summary>
    public bool? Up { get; init; }

    [JsonPropertyName("last_probe_at")]
    public DateTimeOffset? LastProbeAt { get; init; }

    [JsonPropertyName("last_probe_outcome")]
    public string? LastProbeOutcome { get; init; }

    public static ProviderResponse Of(ProviderConfiguration provider, ProviderHealth? health) => new()
    {
        Name = provider.Name,
        Kind = EnumText.Of(provider.Kind),
        BaseUrl = provider.BaseUrl?.GetComponents(
            UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
        Enabled = provider.Enabled,
        DisabledReason = provider.DisabledReason,
        ApiVersion = provider.ApiVersion,
        Project = provider.Project,
        Location = provider.Location,
        Vendor = provider.Vendor is { } vendor ? EnumText.Of(vendor) : null,
        Headers = [.. provider.Headers.Keys.Order(StringComparer.Ordinal)],
        Region = provider.Region,
        Local = provider.Local,
        Up = provider.Enabled ? health?.Up ?? true : null,
        LastProbeAt = health?.LastProbeAt,
        LastProbeOutcome = health?.LastOutcome,
    };
}
