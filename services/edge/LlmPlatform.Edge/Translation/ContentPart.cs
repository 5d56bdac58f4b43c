namespace LlmPlatform.Edge.Translation;

/// <summary>A piece of what is said.</summary>
internal abstract record ContentPart
{
    /// <summary>Set where the caller marks the end of a prefix that the provider should keep cached.</summary>
    public CacheMark? Cache { get; init; }

    /// <summary>Plain text.</summary>
    internal sealed record Text(string Value) : ContentPart;

    /// <summary>A picture.</summary>
    internal sealed record Image(MediaSource Source) : ContentPart
    {
        /// <summary>How closely to look: <c>low</c>, <c>high</c> or <c>auto</c>; null when not said.</summary>
        public string? Detail { get; init; }
    }

    /// <summary>A document, such as a PDF.</summary>
    internal sealed record Document(MediaSource Source) : ContentPart
    {
        /// <summary>Its file name or title.</summary>
        public string? Name { get; init; }
    }

    /// <summary>Sound.</summary>
    internal sealed record Audio(MediaSource Source) : ContentPart;

    /// <summary>What the model thought.</summary>
    internal sealed record Thinking(string Value) : ContentPart
    {
        /// <summary>The provider's proof that the thought is its own; null when it gave none.</summary>
        public ThoughtSignature? Signature { get; init; }

        /// <summary>True when the thought is only in the signature, encrypted.</summary>
        public bool IsRedacted { get; init; }
    }

    /// <summary>The model asks for a tool.</summary>
    /// <param name="Id">The id the result will name.</param>
    /// <param name="Name">Which tool.</param>
    /// <param name="Arguments">The text of a JSON object.</param>
    internal sealed record ToolCall(string Id, string Name, string Arguments) : ContentPart
    {
        /// <summary>What a provider hangs on a call and wants back (Gemini's <c>thoughtSignature</c>).</summary>
        public ThoughtSignature? Signature { get; init; }
    }

    /// <summary>What a tool answered.</summary>
    /// <param name="ToolCallId">The call it answers.</param>
    /// <param name="Content">Text, images, documents.</param>
    internal sealed record ToolResult(string ToolCallId, IReadOnlyList<ContentPart> Content) : ContentPart
    {
        /// <summary>True when the tool failed and the content says how.</summary>
        public bool IsError { get; init; }
    }

    /// <summary>The model refused, and said so.</summary>
    internal sealed record Refusal(string Value) : ContentPart;
}
