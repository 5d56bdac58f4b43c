using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What a guard does on a finding.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GuardAction>))]
public enum GuardAction
{
    /// <summary>The guard does not look.</summary>
    [JsonStringEnumMemberName("off")]
    Off,

    /// <summary>The call passes and the finding is recorded.</summary>
    [JsonStringEnumMemberName("flag")]
    Flag,

    /// <summary>The finding is replaced before the call leaves.</summary>
    [JsonStringEnumMemberName("redact")]
    Redact,

    /// <summary>The call may go only to providers marked local.</summary>
    [JsonStringEnumMemberName("route_local")]
    RouteLocal,

    /// <summary>The call is refused.</summary>
    [JsonStringEnumMemberName("block")]
    Block,
}
