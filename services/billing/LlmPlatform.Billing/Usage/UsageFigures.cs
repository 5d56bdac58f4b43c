namespace LlmPlatform.Billing.Usage;

/// <summary>Sums over some usage.</summary>
internal record UsageFigures
{
    /// <summary>Provider attempts that could be billed.</summary>
    public required long Requests { get; init; }

    /// <summary>Input tokens of every kind.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Of the input tokens, those read from a provider's cache.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Of the input tokens, those written to a provider's cache.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>Output tokens of every kind.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Of the output tokens, those spent on reasoning.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Searches of the web.</summary>
    public required long WebSearches { get; init; }

    /// <summary>Exact, at most twelve decimals; what is unpriced is not in it.</summary>
    public required decimal CostUsd { get; init; }

    /// <summary>
    /// Attempts whose quantities a provider did not report: recovered, counted by the gateway, or contradictory.
    /// </summary>
    public required long Estimated { get; init; }

    /// <summary>Attempts that no price is known for.</summary>
    public required long Unpriced { get; init; }
}
