namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// Tokens as OpenAI reports them: the prompt includes the cached ones, the completion the reasoning ones.
/// </summary>
public sealed record ProviderUsage(int Prompt, int Completion, int Cached = 0, int Reasoning = 0)
{
    public int Total => Prompt + Completion;
}
