namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// What a server that speaks OpenAI's chat can do, and how it wants it said. The defaults are what any compatible
/// server takes; each vendor's are in one place, beside its name.
/// </summary>
internal sealed record ChatDialect
{
    /// <summary>OpenAI itself, and Azure's copy of it.</summary>
    public static ChatDialect OpenAi { get; } = new()
    {
        OutputBound = OutputBoundSpelling.MaxCompletionTokens,
        Reasoning = ReasoningSpelling.OpenAi,
        Documents = DocumentSpelling.File,
        TakesDeveloperRole = true,
        TakesRefusals = true,
        TakesVerbosity = true,
        TakesServiceTier = true,
        TakesTopK = false,
        TakesUnknownMembers = false,
        HasResponses = true,
    };

    /// <summary>How the bound on output tokens is spelled.</summary>
    public OutputBoundSpelling OutputBound { get; init; } = OutputBoundSpelling.MaxTokens;

    /// <summary>How the amount of reasoning is spelled.</summary>
    public ReasoningSpelling Reasoning { get; init; } = ReasoningSpelling.Effort;

    /// <summary>How structured output is spelled.</summary>
    public FormatSpelling Format { get; init; } = FormatSpelling.JsonSchema;

    /// <summary>How documents are spelled.</summary>
    public DocumentSpelling Documents { get; init; } = DocumentSpelling.File;

    /// <summary>Which choices of tools can be said.</summary>
    public ToolChoiceWords ToolChoices { get; init; } = ToolChoiceWords.All;

    /// <summary>How a seed is spelled; null where there is none.</summary>
    public string? SeedMember { get; init; } = "seed";

    /// <summary>False where a stream's usage comes unasked, and asking for it is an error.</summary>
    public bool TakesStreamOptions { get; init; } = true;

    /// <summary>False where at most one tool call cannot be asked for.</summary>
    public bool TakesParallelToolCalls { get; init; } = true;

    /// <summary>True where several calls in one answer must be asked for.</summary>
    public bool MustAskForParallelCalls { get; init; }

    /// <summary>False where <c>developer</c> is no role.</summary>
    public bool TakesDeveloperRole { get; init; }

    /// <summary>True where a refusal is a member of its own.</summary>
    public bool TakesRefusals { get; init; }

    /// <summary>False where there is one choice only.</summary>
    public bool TakesChoices { get; init; } = true;

    /// <summary>False where no probabilities are given.</summary>
    public bool TakesLogprobs { get; init; } = true;

    /// <summary>False where <c>top_k</c> is unknown.</summary>
    public bool TakesTopK { get; init; } = true;

    /// <summary>True where <c>verbosity</c> is known.</summary>
    public bool TakesVerbosity { get; init; }

    /// <summary>True where <c>service_tier</c> is known.</summary>
    public bool TakesServiceTier { get; init; }

    /// <summary>False where a speaker's name, or the end user's, is an unknown member.</summary>
    public bool TakesNames { get; init; } = true;

    /// <summary>False where a member that is not known is refused, wherever it stands.</summary>
    public bool TakesUnknownMembers { get; init; } = true;

    /// <summary>False where an image must come with the request.</summary>
    public bool FetchesImages { get; init; } = true;

    /// <summary>False where a content of several texts must be one.</summary>
    public bool TakesTextParts { get; init; } = true;

    /// <summary>True where <c>cache_control</c> is understood.</summary>
    public bool TakesCacheMarks { get; init; }

    /// <summary>True where Google's signatures on calls go back.</summary>
    public bool TakesCallSignatures { get; init; }

    /// <summary>True where calls must come back with the thoughts that led to them.</summary>
    public bool WantsThoughtsOfCalls { get; init; }

    /// <summary>True where a model may write its thoughts into the answer's text, between tags.</summary>
    public bool ThinksInTags { get; init; }

    /// <summary>True where the id of a call is nine letters and digits.</summary>
    public bool HasShortCallIds { get; init; }

    /// <summary>True where there are text completions.</summary>
    public bool HasCompletions { get; init; } = true;

    /// <summary>True where there are responses.</summary>
    public bool HasResponses { get; init; }

    /// <summary>True where there are embeddings.</summary>
    public bool HasEmbeddings { get; init; } = true;
}

/// <summary>How the bound on output tokens is spelled.</summary>
internal enum OutputBoundSpelling
{
    /// <summary><c>max_tokens</c>: what is only compatible may know nothing else.</summary>
    MaxTokens,

    /// <summary><c>max_completion_tokens</c>: OpenAI's models of today refuse the older name.</summary>
    MaxCompletionTokens,
}

/// <summary>How the amount of reasoning is spelled.</summary>
internal enum ReasoningSpelling
{
    /// <summary><c>reasoning_effort</c>.</summary>
    Effort,

    /// <summary>The same, to those of OpenAI's models that reason; the others refuse it.</summary>
    OpenAi,

    /// <summary><c>reasoning_effort</c>, of which Mistral knows <c>none</c> and <c>high</c>.</summary>
    NoneOrHigh,

    /// <summary>DashScope's <c>enable_thinking</c> and <c>thinking_budget</c>; it thinks in streams only.</summary>
    EnableThinking,

    /// <summary>DeepSeek's <c>thinking</c> beside <c>reasoning_effort</c>.</summary>
    ThinkingType,

    /// <summary>OpenRouter's object <c>reasoning</c>.</summary>
    ReasoningObject,

    /// <summary>vLLM: <c>reasoning_effort</c>; switched off by the arguments of the model's own template.</summary>
    Template,

    /// <summary>It cannot be said.</summary>
    None,
}

/// <summary>How structured output is spelled.</summary>
internal enum FormatSpelling
{
    /// <summary>A schema, as OpenAI has it.</summary>
    JsonSchema,

    /// <summary>Any JSON object; a schema can only be asked for in words.</summary>
    JsonObject,

    /// <summary>TGI: the schema beside the type <c>json_object</c>.</summary>
    TgiGrammar,
}

/// <summary>How documents are spelled.</summary>
internal enum DocumentSpelling
{
    /// <summary>OpenAI's part <c>file</c>.</summary>
    File,

    /// <summary>The same, whose content may be an address too.</summary>
    FileOrUrl,

    /// <summary>Mistral's part <c>document_url</c>.</summary>
    DocumentUrl,

    /// <summary>They cannot be sent.</summary>
    None,
}

/// <summary>Which choices of tools can be said.</summary>
internal enum ToolChoiceWords
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Not that some tool must be called.</summary>
    NotRequired,

    /// <summary>None: the model decides.</summary>
    Auto,
}
