namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// Tokens as OpenAI reports them: the prompt includes those read from and written to a cache, the completion the
/// reasoning ones. Other wires split them as their vendors do.
/// </summary>
public sealed record ProviderUsage(
    int Prompt, int Completion, int Cached = 0, int Reasoning = 0, int CacheWrite = 0, int CacheWriteHour = 0)
{
    public int Total => Prompt + Completion;

    /// <summary>Prompt tokens that no cache has to do with.</summary>
    internal int Uncached => Prompt - Cached - CacheWrite - CacheWriteHour;
}
