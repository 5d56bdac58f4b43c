namespace LlmPlatform.Edge.Relay;

/// <summary>All that changes in a body whose protocol the provider speaks.</summary>
/// <param name="Model">The provider's own name of the model.</param>
/// <param name="OutputBound">
/// The bound on output tokens to write where the caller gave none, or a higher one; null: the caller's stays.
/// </param>
/// <param name="UseMaxCompletionTokens">
/// How a chat's bound is spelled: by its new name, or as <c>max_tokens</c>.
/// </param>
/// <param name="AskForUsage">
/// Whether a stream is asked for its usage in <c>stream_options</c>; where it comes unasked the member is left out.
/// </param>
internal readonly record struct PassThroughChanges(
    string Model, long? OutputBound = null, bool UseMaxCompletionTokens = false, bool AskForUsage = true)
{
    /// <summary>
    /// The version of Anthropic's protocol to write into the body, where no header says it; null where one does.
    /// </summary>
    public string? AnthropicVersion { get; init; }

    /// <summary>False where the model stands in the address, and must not stand in the body.</summary>
    public bool NamesModel { get; init; } = true;

    /// <summary>False where <c>developer</c> is no role, and <c>system</c> means the same.</summary>
    public bool TakesDeveloperRole { get; init; } = true;

    /// <summary>
    /// False where a message must not hold what another provider's answer brought into the conversation, such as its
    /// thoughts, because members that are not known are refused.
    /// </summary>
    public bool TakesOthersOwn { get; init; } = true;
}
