using System.Text.Json.Serialization;

namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// What one provider attempt consumed, in disjoint meters: nothing is counted by two of them, so a cost is a plain sum
/// of quantity times price. Providers disagree on what "input" includes; the edge's adapters normalise before this is
/// made.
/// </summary>
public sealed record TokenUsage
{
    /// <summary>Nothing consumed.</summary>
    public static TokenUsage None { get; } = new();

    /// <summary>Input tokens that were neither read from nor written to the provider's prompt cache.</summary>
    public long InputUncached { get; init; }

    /// <summary>Input tokens read from the provider's prompt cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>
    /// Input tokens written to a prompt cache of five minutes, or of a lifetime the provider does not state.
    /// </summary>
    public long CacheWrite5m { get; init; }

    /// <summary>Input tokens written to a prompt cache of one hour.</summary>
    public long CacheWrite1h { get; init; }

    /// <summary>Output tokens the caller can see.</summary>
    public long OutputText { get; init; }

    /// <summary>Output tokens spent on reasoning.</summary>
    public long OutputReasoning { get; init; }

    /// <summary>Audio tokens received.</summary>
    public long AudioIn { get; init; }

    /// <summary>Audio tokens produced.</summary>
    public long AudioOut { get; init; }

    /// <summary>Image tokens received.</summary>
    public long ImageIn { get; init; }

    /// <summary>Image tokens produced.</summary>
    public long ImageOut { get; init; }

    /// <summary>
    /// Searches of the web the provider made, as it counts them for its fee; what they found is in the input.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long WebSearches { get; init; }

    /// <summary>Pages of the web the provider fetched, as it counts them; what they say is in the input.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long WebFetches { get; init; }

    /// <summary>Every input token, cached or not.</summary>
    [JsonIgnore]
    public long TotalInput => InputUncached + CacheRead + CacheWrite5m + CacheWrite1h + AudioIn + ImageIn;

    /// <summary>Every output token, reasoning included.</summary>
    [JsonIgnore]
    public long TotalOutput => OutputText + OutputReasoning + AudioOut + ImageOut;
}
