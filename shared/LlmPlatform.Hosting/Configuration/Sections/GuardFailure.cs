using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What happens to a call when an external guard cannot be asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GuardFailure>))]
public enum GuardFailure
{
    /// <summary>It passes.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>It is refused.</summary>
    [JsonStringEnumMemberName("block")]
    Block,
}
