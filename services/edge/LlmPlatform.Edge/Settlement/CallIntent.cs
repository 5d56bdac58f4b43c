using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What an edge writes down before it calls a provider: enough to bill the attempt, and to report its request, should
/// the edge not live to see the answer.
/// </summary>
internal sealed record CallIntent
{
    /// <summary>
    /// The attempt as it is billed when the edge dies now: <see cref="UsageRecorded.EventVersion"/> 1, the estimated
    /// input, no output.
    /// </summary>
    public required UsageRecorded Estimate { get; init; }

    /// <summary>The public route, for example <c>/v1/chat/completions</c>.</summary>
    public required string Route { get; init; }

    /// <summary>Bytes of the request body.</summary>
    public long RequestBytes { get; init; }

    /// <summary>
    /// The price pinned at admission; null when the model is unpriced. It is kept here because recovery must price
    /// output that had streamed, and runs before any price book is loaded.
    /// </summary>
    public Price? Price { get; init; }
}
