using System.Text.Json.Serialization;

namespace LlmPlatform.Billing.Usage;

/// <summary>The figures of one group.</summary>
internal sealed record UsageGroup : UsageFigures
{
    /// <summary>The value of each dimension grouped by, by its name; written as members of the group itself.</summary>
    [JsonExtensionData]
    public Dictionary<string, object?> Dimensions { get; init; } = [];
}
