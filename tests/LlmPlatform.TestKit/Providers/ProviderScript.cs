using System.Text.Json;

namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// How a <see cref="FakeProvider"/> answers a call. The default answers at once and in full: it calls the tool that a
/// request offers, and answers in text when it has the result, or in JSON that fits the schema asked for.
/// </summary>
public sealed record ProviderScript
{
    /// <summary>What a whole answer uses.</summary>
    public ProviderUsage Usage { get; init; } = new(Prompt: 100, Completion: 50);

    /// <summary>What a whole answer to this request body uses; instead of <see cref="Usage"/>.</summary>
    public Func<JsonElement, ProviderUsage>? UsageOf { get; init; }

    /// <summary>
    /// Text chunks of an answer. The completion's tokens are spread evenly over them and over what else there is:
    /// thoughts, and the pieces that a tool's arguments come in.
    /// </summary>
    public int Chunks { get; init; } = 10;

    /// <summary>What the text consists of: this and a number, again and again.</summary>
    public string Word { get; init; } = "word";

    /// <summary>Thoughts before the answer, shown where a request asks for them.</summary>
    public int ThinkingChunks { get; init; } = 2;

    /// <summary>Chat completions carry <c>reasoning_content</c>, as DeepSeek's, Qwen's and vLLM's do.</summary>
    public bool ReasoningContent { get; init; }

    /// <summary>How many calls are made of the tools offered; two and more are parallel calls.</summary>
    public int ToolCalls { get; init; } = 1;

    /// <summary>Text chunks before the tool calls.</summary>
    public int ChunksBeforeToolCalls { get; init; }

    /// <summary>Gemini's function calls carry an id, which they often do not.</summary>
    public bool FunctionCallIds { get; init; }

    public AnswerEnding Ending { get; init; }

    /// <summary>Time before each content chunk of a stream.</summary>
    public TimeSpan DelayPerChunk { get; init; }

    /// <summary>
    /// Awaited before each content chunk of a stream with the number of those before it, and once more before the end:
    /// a test that holds it decides how much there is. Its token ends when the caller leaves.
    /// </summary>
    public Func<int, CancellationToken, Task>? BeforeChunk { get; init; }

    /// <summary>Time before the first byte of an answer.</summary>
    public TimeSpan FirstByteDelay { get; init; }

    /// <summary>Takes the request and never answers, until the caller leaves.</summary>
    public bool HangBeforeFirstByte { get; init; }

    /// <summary>Breaks the connection after so many content chunks.</summary>
    public int? CutAfterChunks { get; init; }

    /// <summary>Sends the wire's error event after so many content chunks, and ends without its usual end.</summary>
    public int? ErrorAfterChunks { get; init; }

    /// <summary>Never says what was used, whatever was asked; it is billed all the same.</summary>
    public bool OmitUsage { get; init; }
}
