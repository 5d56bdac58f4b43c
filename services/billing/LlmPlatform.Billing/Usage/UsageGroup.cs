using System.Text.Json.Serialization;

namespace LlmPlatform.Billing.Usage;

/// <summary>The figures of one group.</summary>
internal sealed record UsageGroup : UsageFigures
{
    /// <summary>The value of each dimension grouped by, by its name; written as members of the group itself.</summary>
    [JsonExtensionData]
    public Dictionary<string, object?> Dimensions { get; init; } = [];

    /// <summary>The figures without whose they are.</summary>
    public UsageFigures Sums() => new()
    {
        Requests = Requests,
        InputTokens = InputTokens,
        CacheReadTokens = CacheReadTokens,
        CacheWriteTokens = CacheWriteTokens,
        OutputTokens = OutputTokens,
        ReasoningTokens = ReasoningTokens,
        WebSearches = WebSearches,
        CostUsd = CostUsd,
        Estimated = Estimated,
        Unpriced = Unpriced,
    };
}
