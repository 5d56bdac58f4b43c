namespace LlmPlatform.Edge.Translation;

/// <summary>
/// A request that cannot be translated: its shape is not what its protocol says, or the other protocol has no words
/// for it. Caught at the edge of the translation and turned into a refusal that shows the message to the caller: it
/// must not hold text of the prompt.
/// </summary>
internal sealed class TranslationException(string message, string? param = null) : Exception(message)
{
    /// <summary>The member at fault, as a path in the caller's own protocol.</summary>
    public string? Param { get; } = param;
}
