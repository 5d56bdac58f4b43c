using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Where a channel delivers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChannelKind>))]
public enum ChannelKind
{
    /// <summary>A Slack incoming webhook.</summary>
    [JsonStringEnumMemberName("slack")]
    Slack,

    /// <summary>E-mail over SMTP.</summary>
    [JsonStringEnumMemberName("email")]
    Email,

    /// <summary>A signed JSON post to any address.</summary>
    [JsonStringEnumMemberName("webhook")]
    Webhook,

    /// <summary>Events of PagerDuty's Events API v2, which others speak too.</summary>
    [JsonStringEnumMemberName("pagerduty")]
    PagerDuty,
}
