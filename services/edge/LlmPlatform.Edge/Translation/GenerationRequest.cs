using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>
/// A request for text in the one shape all protocols translate to and from. JSON values in it live in the caller's
/// body: they are good until it is given back.
/// </summary>
internal sealed record GenerationRequest
{
    /// <summary>
    /// What system and developer messages say, in order; those that stood between turns are drawn to the front.
    /// </summary>
    public IReadOnlyList<ContentPart> Instructions { get; init; } = [];

    /// <summary>The conversation, the oldest turn first.</summary>
    public required IReadOnlyList<Turn> Turns { get; init; }

    /// <summary>The functions the model may call.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Which of them it must or must not call; null when the caller did not say.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>False when at most one tool may be called in an answer; null when the caller did not say.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The form the answer must have; null for plain text.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>The most output tokens, reasoning included; null when neither caller nor gateway bounds it.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>From 0 to 2 as the caller gave it; a provider whose range is smaller clamps it.</summary>
    public decimal? Temperature { get; init; }

    /// <summary>From 0 to 1.</summary>
    public decimal? TopP { get; init; }

    /// <summary>Tokens to choose from at each step.</summary>
    public int? TopK { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>For repeatable answers, where a provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>From -2 to 2.</summary>
    public decimal? PresencePenalty { get; init; }

    /// <summary>From -2 to 2.</summary>
    public decimal? FrequencyPenalty { get; init; }

    /// <summary>How many answers, from 1.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>True when the probability of each token is asked for.</summary>
    public bool Logprobs { get; init; }

    /// <summary>How many alternatives to each token; null for none.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>How much the model should think; null when the caller did not say.</summary>
    public ReasoningRequest? Reasoning { get; init; }

    /// <summary>How long-winded the answer should be (<c>low</c>, <c>medium</c>, <c>high</c>).</summary>
    public string? Verbosity { get; init; }

    /// <summary>The caller's own name for its end user.</summary>
    public string? User { get; init; }

    /// <summary>As the caller spelled it.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The caller's own labels; an object.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>True when the answer is to be streamed.</summary>
    public bool Stream { get; init; }
}
