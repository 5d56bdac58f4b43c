using LlmPlatform.Edge.Providers.OpenAi;

namespace LlmPlatform.Edge.Providers.Compatible;

/// <summary>
/// Each vendor's dialect of OpenAI's chat. What a vendor documents as refused or ignored is here; what it answers
/// differently, <see cref="ChatAnswerReader"/> understands from everyone.
/// </summary>
internal static class Dialects
{
    /// <summary>The provider that is built in: chats and embeds, and nothing else.</summary>
    public static ChatDialect Simulated { get; } = new() { TakesDeveloperRole = true, HasCompletions = false };

    /// <summary>The dialect of a vendor, as the configuration spells it.</summary>
    public static ChatDialect Of(string? vendor) => vendor switch
    {
        "dashscope" => DashScope,
        "deepseek" => DeepSeek,
        "ollama" => Ollama,
        "vllm" => Vllm,
        "tgi" => Tgi,
        "openrouter" => OpenRouter,
        "anyscale" => Vllm,
        "mistral" => Mistral,
        _ => Generic,
    };

    // Nobody's in particular: also the one that Google's compatible API is spoken to in, which wants its signatures
    // back.
    private static ChatDialect Generic { get; } = new() { TakesCallSignatures = true };

    // Qwen thinks aloud in streams only, calls one tool at a time unless told otherwise, and cannot be made to call
    // just any tool.
    private static ChatDialect DashScope { get; } = new()
    {
        Reasoning = ReasoningSpelling.EnableThinking,
        Documents = DocumentSpelling.None,
        ToolChoices = ToolChoiceWords.NotRequired,
        MustAskForParallelCalls = true,
    };

    // Its thoughts must come back with the calls they led to, and are ignored or refused otherwise. Its completions are
    // a beta at another address.
    private static ChatDialect DeepSeek { get; } = new()
    {
        Reasoning = ReasoningSpelling.ThinkingType,
        Format = FormatSpelling.JsonObject,
        Documents = DocumentSpelling.None,
        SeedMember = null,
        TakesParallelToolCalls = false,
        TakesChoices = false,
        TakesTopK = false,
        TakesTextParts = false,
        WantsThoughtsOfCalls = true,
        HasCompletions = false,
        HasEmbeddings = false,
    };

    private static ChatDialect Ollama { get; } = new()
    {
        Documents = DocumentSpelling.None,
        ToolChoices = ToolChoiceWords.Auto,
        TakesParallelToolCalls = false,
        TakesChoices = false,
        TakesTopK = false,
        FetchesImages = false,
        ThinksInTags = true,
    };

    // Parts thoughts from answers only where it was started with a parser for them.
    private static ChatDialect Vllm { get; } = new() { Reasoning = ReasoningSpelling.Template, ThinksInTags = true };

    private static ChatDialect Tgi { get; } = new()
    {
        Reasoning = ReasoningSpelling.None,
        Format = FormatSpelling.TgiGrammar,
        Documents = DocumentSpelling.None,
        TakesParallelToolCalls = false,
        TakesChoices = false,
        TakesTopK = false,
        HasEmbeddings = false,
        ThinksInTags = true,
    };

    private static ChatDialect OpenRouter { get; } = new()
    {
        Reasoning = ReasoningSpelling.ReasoningObject,
        Documents = DocumentSpelling.FileOrUrl,
        TakesChoices = false,
        TakesCacheMarks = true,
    };

    // Refuses every member it does not know.
    private static ChatDialect Mistral { get; } = new()
    {
        Reasoning = ReasoningSpelling.NoneOrHigh,
        Documents = DocumentSpelling.DocumentUrl,
        SeedMember = "random_seed",
        TakesStreamOptions = false,
        TakesLogprobs = false,
        TakesTopK = false,
        TakesNames = false,
        TakesUnknownMembers = false,
        HasShortCallIds = true,
        HasCompletions = false,
    };
}
