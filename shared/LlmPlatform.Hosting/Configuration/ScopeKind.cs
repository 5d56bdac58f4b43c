using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What a limit or a budget is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScopeKind>))]
public enum ScopeKind
{
    /// <summary>Everything that passes.</summary>
    [JsonStringEnumMemberName("global")]
    Global,

    /// <summary>One tenant.</summary>
    [JsonStringEnumMemberName("tenant")]
    Tenant,

    /// <summary>One team of a tenant.</summary>
    [JsonStringEnumMemberName("team")]
    Team,

    /// <summary>One user.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>One key.</summary>
    [JsonStringEnumMemberName("key")]
    Key,

    /// <summary>One published model.</summary>
    [JsonStringEnumMemberName("model")]
    Model,

    /// <summary>All tenants of one tier.</summary>
    [JsonStringEnumMemberName("tier")]
    Tier,

    /// <summary>One path of the public API, such as <c>/v1/embeddings</c>.</summary>
    [JsonStringEnumMemberName("route")]
    Route,

    /// <summary>One project, as named in the metadata of a key or of a call.</summary>
    [JsonStringEnumMemberName("project")]
    Project,

    /// <summary>One key with one published model.</summary>
    [JsonStringEnumMemberName("key_model")]
    KeyModel,

    /// <summary>One caller's address.</summary>
    [JsonStringEnumMemberName("ip")]
    Ip,
}
