using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>How soon somebody must look at what is told.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertSeverity>))]
public enum AlertSeverity
{
    /// <summary>Good to know: a bill, a test, the end of a trouble.</summary>
    [JsonStringEnumMemberName("info")]
    Info,

    /// <summary>Somebody should look today: most of a budget is spent, a model has no price.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Somebody must look now: calls are refused, a provider is down, usage waits.</summary>
    [JsonStringEnumMemberName("critical")]
    Critical,
}
