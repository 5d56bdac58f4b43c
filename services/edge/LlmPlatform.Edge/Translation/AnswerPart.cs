namespace LlmPlatform.Edge.Translation;

/// <summary>What kind of part begins.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="ToolCallId">For a tool call: its id.</param>
/// <param name="ToolName">For a tool call: which tool.</param>
internal readonly record struct AnswerPart(AnswerPartKind Kind, string? ToolCallId = null, string? ToolName = null)
{
    /// <summary>Visible text.</summary>
    public static AnswerPart Text { get; } = new(AnswerPartKind.Text);

    /// <summary>A thought.</summary>
    public static AnswerPart Thinking { get; } = new(AnswerPartKind.Thinking);

    /// <summary>A thought whose content is only in its signature.</summary>
    public static AnswerPart RedactedThinking { get; } = new(AnswerPartKind.RedactedThinking);

    /// <summary>A refusal in words.</summary>
    public static AnswerPart Refusal { get; } = new(AnswerPartKind.Refusal);

    /// <summary>A tool call.</summary>
    public static AnswerPart ToolCall(string id, string name) => new(AnswerPartKind.ToolCall, id, name);
}

/// <summary>The kinds of parts.</summary>
internal enum AnswerPartKind
{
    /// <summary>Visible text.</summary>
    Text,

    /// <summary>A thought.</summary>
    Thinking,

    /// <summary>A thought whose content is only in its signature.</summary>
    RedactedThinking,

    /// <summary>A tool call; what is appended are its arguments.</summary>
    ToolCall,

    /// <summary>A refusal in words.</summary>
    Refusal,
}
