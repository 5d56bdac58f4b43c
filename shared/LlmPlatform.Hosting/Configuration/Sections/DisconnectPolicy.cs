using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What becomes of a call whose caller has gone away. It is billed either way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DisconnectPolicy>))]
public enum DisconnectPolicy
{
    /// <summary>The answer is read to its end, within a limit: the provider's own figures are billed.</summary>
    [JsonStringEnumMemberName("drain")]
    Drain,

    /// <summary>The provider is left at once: what it had produced is estimated, billed, and marked so.</summary>
    [JsonStringEnumMemberName("abort")]
    Abort,
}
