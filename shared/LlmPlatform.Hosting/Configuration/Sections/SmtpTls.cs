using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>How a mail connection is protected.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SmtpTls>))]
public enum SmtpTls
{
    /// <summary>Begins in clear and must upgrade before anything is sent.</summary>
    [JsonStringEnumMemberName("starttls")]
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    [JsonStringEnumMemberName("implicit")]
    Implicit,

    /// <summary>In clear: for a relay on the same machine.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
