using System.Text.Json;

namespace LlmPlatform.TestKit.Providers;

/// <summary>How a <see cref="FakeProvider"/> answers a call. The default answers at once and in full.</summary>
public sealed record ProviderScript
{
    /// <summary>What a whole answer uses.</summary>
    public ProviderUsage Usage { get; init; } = new(Prompt: 100, Completion: 50);

    /// <summary>What a whole answer to this request body uses; instead of <see cref="Usage"/>.</summary>
    public Func<JsonElement, ProviderUsage>? UsageOf { get; init; }

    /// <summary>Content chunks of a stream; the completion's tokens are spread over them evenly.</summary>
    public int Chunks { get; init; } = 10;

    /// <summary>Time before each content chunk of a stream.</summary>
    public TimeSpan DelayPerChunk { get; init; }

    /// <summary>Time before the first byte of an answer.</summary>
    public TimeSpan FirstByteDelay { get; init; }

    /// <summary>Takes the request and never answers, until the caller leaves.</summary>
    public bool HangBeforeFirstByte { get; init; }

    /// <summary>Breaks the connection after so many content chunks.</summary>
    public int? CutAfterChunks { get; init; }

    /// <summary>Sends an error event after so many content chunks, and ends without <c>[DONE]</c>.</summary>
    public int? ErrorAfterChunks { get; init; }

    /// <summary>Never says what was used, whatever was asked; it is billed all the same.</summary>
    public bool OmitUsage { get; init; }
}
