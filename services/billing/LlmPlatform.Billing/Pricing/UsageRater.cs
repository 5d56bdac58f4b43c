using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Rates every event again from billing's own book. Its figure goes on the bill; where the edge put another, a metric
/// and a log line say so.
/// </summary>
internal sealed partial class UsageRater(PriceShelf shelf, BillingMetrics metrics, ILogger<UsageRater> logger)
{
    /// <summary>What the warehouse keeps.</summary>
    private const int CostDecimals = 12;

    /// <exception cref="PriceBookMissingException">No book was published yet; nothing may be called unpriced for
    /// that.</exception>
    public async Task<IReadOnlyList<UsageRow>> RateAsync(
        IReadOnlyCollection<ReceivedUsage> received, CancellationToken cancellationToken)
    {
        var prices = await shelf.GetAsync(cancellationToken);

        // The edge had a price, so it is published: the book in memory is the older one.
        if (received.Any(usage => usage.Event.PriceVersion is not null && PriceOf(prices, usage.Event) is null))
        {
            prices = await shelf.RefreshAsync(cancellationToken) ?? prices;
        }

        return [.. received.Select(usage => Rated(usage, PriceOf(prices, usage.Event)))];
    }

    private UsageRow Rated(ReceivedUsage usage, Price? price)
    {
        var recorded = usage.Event;
        var row = Rate(usage, price, rating: 0);
        if (IsOtherThan(row.CostUsd, recorded.CostNanoUsd)
            || (row.PriceVersion is null && recorded.PriceVersion is not null))
        {
            metrics.RatedDifferently(recorded.Model);
            RatedDifferently(recorded.EventId, recorded.PriceVersion, row.PriceVersion);
        }

        return row;
    }

    /// <summary>
    /// What an event costs at a price; unpriced where there is none, or none for its tier or for what it searched.
    /// </summary>
    /// <param name="usage">The event and its place.</param>
    /// <param name="price">Null: none is known.</param>
    /// <param name="rating">0 for the first time, and one more for each time it is rated anew.</param>
    public static UsageRow Rate(ReceivedUsage usage, Price? price, int rating)
    {
        var recorded = usage.Event;
        var rates = price?.RatesFor(recorded.Tokens.TotalInput, recorded.ServiceTier, recorded.Region);
        if (rates is null || !rates.Cover(recorded.Tokens))
        {
            return new UsageRow(usage, PriceVersion: null, CostUsd: 0, rating);
        }

        var usd = decimal.Round(Rating.CostUsd(recorded.Tokens, rates), CostDecimals, MidpointRounding.ToEven);
        return new UsageRow(usage, price!.VersionId, usd, rating)
        {
            PriceVariant = (rates as PriceVariant)?.Label ?? "",
        };
    }

    // The edge rounds to nano-USD once; a whole one apart is no rounding.
    private static bool IsOtherThan(decimal costUsd, long edgeNanoUsd) =>
        Math.Abs((costUsd * NanoUsd.PerUsd) - edgeNanoUsd) >= 1;

    private static Price? PriceOf(PriceHistory prices, UsageRecorded recorded) =>
        prices.Find(recorded.Sku, recorded.OccurredAt);

    [LoggerMessage(LogLevel.Warning,
        "Usage event {EventId} costs otherwise here than at the edge: it used price {EdgeVersion}, we {Version}")]
    private partial void RatedDifferently(Guid eventId, string? edgeVersion, string? version);
}
