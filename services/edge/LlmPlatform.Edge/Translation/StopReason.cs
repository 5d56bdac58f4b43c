namespace LlmPlatform.Edge.Translation;

/// <summary>Why an answer ended.</summary>
internal enum StopReason
{
    /// <summary>It was complete.</summary>
    EndTurn,

    /// <summary>The bound on output tokens was met.</summary>
    Length,

    /// <summary>A stop text was met.</summary>
    StopSequence,

    /// <summary>The model waits for its tools.</summary>
    ToolCalls,

    /// <summary>The provider's policy ended it, or the model refused.</summary>
    ContentFilter,

    /// <summary>The context window is full.</summary>
    ContextWindow,

    /// <summary>A long turn was paused, to be gone on with by sending it back.</summary>
    Pause,
}
