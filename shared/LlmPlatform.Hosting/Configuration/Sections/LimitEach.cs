using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Whom a limit is counted for separately; without it the whole scope shares one count.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LimitEach>))]
public enum LimitEach
{
    /// <summary>Every tenant has the limit to itself.</summary>
    [JsonStringEnumMemberName("tenant")]
    Tenant,

    /// <summary>Every user has the limit to itself.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>Every key has the limit to itself.</summary>
    [JsonStringEnumMemberName("key")]
    Key,

    /// <summary>Every caller's address has the limit to itself.</summary>
    [JsonStringEnumMemberName("ip")]
    Ip,
}
