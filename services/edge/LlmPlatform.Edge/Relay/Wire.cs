namespace LlmPlatform.Edge.Relay;

/// <summary>
/// A protocol that requests and answers are spoken in. Where a provider speaks the one its caller uses, bytes pass
/// through.
/// </summary>
internal enum Wire
{
    /// <summary>OpenAI chat completions.</summary>
    Chat,

    /// <summary>OpenAI's older text completions.</summary>
    Completions,

    /// <summary>OpenAI responses.</summary>
    Responses,

    /// <summary>OpenAI embeddings.</summary>
    Embeddings,

    /// <summary>Anthropic messages.</summary>
    Messages,

    /// <summary>Anthropic's count of a message's tokens.</summary>
    TokenCount,

    /// <summary>Gemini's <c>generateContent</c> and its neighbours; no caller speaks it.</summary>
    Gemini,

    /// <summary>Bedrock's Converse and its neighbours; no caller speaks it.</summary>
    Bedrock,
}
