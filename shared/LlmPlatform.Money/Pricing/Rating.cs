using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Money.Pricing;

/// <summary>
/// Quantity times price. Exact: prices carry at most six decimals per million, so a cost carries at most twelve, and
/// <see cref="decimal"/> holds them all up to ten quadrillion dollars; nothing is rounded before a counter (nano-USD)
/// or a bill (cents) needs it.
/// </summary>
public static class Rating
{
    private const decimal Million = 1_000_000m;

    /// <summary>What the usage costs, in USD.</summary>
    public static decimal CostUsd(TokenUsage usage, Price price)
    {
        var cacheWrite5m = price.CacheWrite5m ?? price.Input;
        var perMillion =
            (usage.InputUncached * price.Input)
            + (usage.CacheRead * (price.CachedInput ?? price.Input))
            + (usage.CacheWrite5m * cacheWrite5m)
            + (usage.CacheWrite1h * (price.CacheWrite1h ?? cacheWrite5m))
            + (usage.AudioIn * (price.AudioInput ?? price.Input))
            + (usage.OutputText * price.Output)
            + (usage.OutputReasoning * (price.Reasoning ?? price.Output))
            + (usage.AudioOut * (price.AudioOutput ?? price.Output));
        return (perMillion / Million) + price.Request;
    }

    /// <summary>
    /// The most a call can cost: every token at the dearest meter it could be counted by, rounded up to nano-USD.
    /// </summary>
    /// <param name="inputTokens">No fewer than the call can consume.</param>
    /// <param name="outputTokens">No fewer than the provider may produce.</param>
    /// <param name="price">The dearest candidate's price.</param>
    /// <exception cref="OverflowException">The amount does not fit 64 bits: over 9.2 billion dollars.</exception>
    public static long WorstCaseNanoUsd(long inputTokens, long outputTokens, Price price)
    {
        var perMillion = (inputTokens * price.DearestInput()) + (outputTokens * price.DearestOutput());
        return NanoUsd.CeilingFromUsd((perMillion / Million) + price.Request);
    }
}
