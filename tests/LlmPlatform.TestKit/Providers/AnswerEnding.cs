namespace LlmPlatform.TestKit.Providers;

/// <summary>Why a <see cref="FakeProvider"/> stops writing an answer that it does end.</summary>
public enum AnswerEnding
{
    /// <summary>It is finished.</summary>
    Complete,

    /// <summary>The token limit of the request is reached.</summary>
    Length,

    /// <summary>
    /// The model declines. OpenAI says so in words of their own, Anthropic and Bedrock by the stop reason, Gemini
    /// blocks the prompt and gives no candidate.
    /// </summary>
    Refusal,

    /// <summary>A filter stops the answer after its text.</summary>
    ContentFilter,
}
