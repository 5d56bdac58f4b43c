using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What the bearer of a key may do beside calling models.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeyRole>))]
public enum KeyRole
{
    /// <summary>Call models, nothing else.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>Administer the key's own tenant.</summary>
    [JsonStringEnumMemberName("tenant_admin")]
    TenantAdmin,

    /// <summary>Read usage, close and approve bills.</summary>
    [JsonStringEnumMemberName("finance")]
    Finance,

    /// <summary>Read the audit trail.</summary>
    [JsonStringEnumMemberName("auditor")]
    Auditor,

    /// <summary>Everything.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,
}
