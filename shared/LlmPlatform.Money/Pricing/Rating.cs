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

    /// <summary>What the usage costs, in USD, served in the standard tier of no particular region.</summary>
    public static decimal CostUsd(TokenUsage usage, Price price) =>
        CostUsd(usage, price.RatesFor(usage.TotalInput, ServiceTiers.Standard, region: null)!);

    /// <summary>What the usage costs, in USD, as it was served.</summary>
    /// <param name="usage">The quantities.</param>
    /// <param name="price">In force when the call was admitted.</param>
    /// <param name="serviceTier">As the provider reports it; null: standard.</param>
    /// <param name="region">Where it was served, when known.</param>
    /// <returns>
    /// Null when the tier, or what was searched or fetched, has no price: the cost is then unknown, and not nothing.
    /// </returns>
    public static decimal? CostUsd(TokenUsage usage, Price price, string? serviceTier, string? region) =>
        price.RatesFor(usage.TotalInput, serviceTier, region) is { } rates && rates.Cover(usage)
            ? CostUsd(usage, rates)
            : null;

    /// <summary>
    /// What is known of a cost that may be unknown: a tier without a price as the standard one, a fee without one as
    /// nothing. For what has to be charged somehow, as budgets are; never for a bill.
    /// </summary>
    public static decimal KnownCostUsd(TokenUsage usage, Price price, string? serviceTier, string? region) =>
        CostUsd(usage, price.RatesFor(usage.TotalInput, serviceTier, region)
            ?? price.RatesFor(usage.TotalInput, ServiceTiers.Standard, region: null)!);

    /// <summary>What the usage costs, in USD, at given rates; see <see cref="PriceRates.Cover"/>.</summary>
    public static decimal CostUsd(TokenUsage usage, PriceRates rates)
    {
        var cacheWrite5m = rates.CacheWrite5m ?? rates.Input;
        var perMillion =
            (usage.InputUncached * rates.Input)
            + (usage.CacheRead * (rates.CachedInput ?? rates.Input))
            + (usage.CacheWrite5m * cacheWrite5m)
            + (usage.CacheWrite1h * (rates.CacheWrite1h ?? cacheWrite5m))
            + (usage.AudioIn * (rates.AudioInput ?? rates.Input))
            + (usage.ImageIn * (rates.ImageInput ?? rates.Input))
            + (usage.OutputText * rates.Output)
            + (usage.OutputReasoning * (rates.Reasoning ?? rates.Output))
            + (usage.AudioOut * (rates.AudioOutput ?? rates.Output))
            + (usage.ImageOut * (rates.ImageOutput ?? rates.Output));
        return (perMillion / Million) + rates.FeesUsd(usage.WebSearches, usage.WebFetches) + rates.Request;
    }

    /// <summary>
    /// The most a call can cost in the standard tier: every token at the dearest meter it could be counted by, in any
    /// region and up to any threshold it may reach, rounded up to nano-USD.
    /// </summary>
    /// <param name="inputTokens">No fewer than the call can consume.</param>
    /// <param name="outputTokens">No fewer than the provider may produce.</param>
    /// <param name="price">The dearest candidate's price.</param>
    /// <param name="webSearches">Searches of the web that the request names; where it names no number, a guess.</param>
    /// <param name="webFetches">The same of pages fetched.</param>
    /// <exception cref="OverflowException">The amount does not fit 64 bits: over 9.2 billion dollars.</exception>
    public static long WorstCaseNanoUsd(
        long inputTokens, long outputTokens, Price price, long webSearches = 0, long webFetches = 0)
    {
        var usd = WorstCaseUsd(inputTokens, outputTokens, price) + price.FeesUsd(webSearches, webFetches);
        for (var i = 0; i < price.Variants.Count; i++)
        {
            var variant = price.Variants[i];
            if (variant.LeastInput <= inputTokens
                && ServiceTiers.Canonical(variant.ServiceTier) == ServiceTiers.Standard)
            {
                usd = Math.Max(
                    usd,
                    WorstCaseUsd(inputTokens, outputTokens, variant) + variant.FeesUsd(webSearches, webFetches));
            }
        }

        return NanoUsd.CeilingFromUsd(usd);
    }

    private static decimal WorstCaseUsd(long inputTokens, long outputTokens, PriceRates rates) =>
        (((inputTokens * rates.DearestInput()) + (outputTokens * rates.DearestOutput())) / Million) + rates.Request;
}
