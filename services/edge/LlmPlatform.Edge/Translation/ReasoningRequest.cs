namespace LlmPlatform.Edge.Translation;

/// <summary>How much a model should think before it answers.</summary>
internal sealed record ReasoningRequest
{
    /// <summary>False when the caller forbids thinking.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>
    /// <c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c> or <c>max</c>, as the caller
    /// spelled it; null when it gave a budget or left the amount to the model.
    /// </summary>
    public string? Effort { get; init; }

    /// <summary>The most tokens to think; null when the caller gave an effort or left it to the model.</summary>
    public long? BudgetTokens { get; init; }

    /// <summary>Whether the caller wants to see the thoughts or a summary; null when it did not say.</summary>
    public bool? ShowThoughts { get; init; }

    /// <summary>
    /// The tokens an effort stands for where a provider takes only a number, as a share of the output bound would be
    /// a guess about the model: 1024, 2048, 8192, 24576, 32768.
    /// </summary>
    public static long BudgetOf(string effort) => effort switch
    {
        "minimal" => 1024,
        "low" => 2048,
        "medium" => 8192,
        "high" => 24_576,
        _ => 32_768,
    };

    /// <summary>The effort a budget comes closest to, where a provider takes only a word.</summary>
    public static string EffortOf(long budgetTokens) => budgetTokens switch
    {
        < 2048 => "minimal",
        < 6144 => "low",
        < 16_384 => "medium",
        _ => "high",
    };
}
