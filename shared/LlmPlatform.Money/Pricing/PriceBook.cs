using System.Collections.Frozen;

namespace LlmPlatform.Money.Pricing;

/// <summary>An immutable set of prices. A call keeps the book it was admitted with until its end.</summary>
public sealed class PriceBook
{
    private readonly FrozenDictionary<string, Price[]> _latestFirst;

    /// <summary>Builds a book from prices in any order.</summary>
    /// <param name="version">Grows with every change; edges keep the highest they have seen.</param>
    /// <param name="prices">
    /// All prices, past and future ones included. Of two from the same instant the one whose id is greater holds, so
    /// that every reader of a book rates alike.
    /// </param>
    public PriceBook(long version, IEnumerable<Price> prices)
    {
        Version = version;
        _latestFirst = prices
            .GroupBy(price => price.Sku, StringComparer.Ordinal)
            .ToFrozenDictionary(
                sku => sku.Key,
                sku => sku
                    .OrderByDescending(price => price.EffectiveFrom)
                    .ThenByDescending(price => price.VersionId, StringComparer.Ordinal)
                    .ToArray(),
                StringComparer.Ordinal);
    }

    /// <summary>A book that knows no price: everything is unpriced.</summary>
    public static PriceBook Empty { get; } = new(0, []);

    /// <summary>Grows with every change.</summary>
    public long Version { get; }

    /// <summary>Every price in the book.</summary>
    public IEnumerable<Price> Prices => _latestFirst.Values.SelectMany(prices => prices);

    /// <summary>The price in force at an instant, or null: unpriced is never zero.</summary>
    public Price? Find(string sku, DateTimeOffset at)
    {
        if (!_latestFirst.TryGetValue(sku, out var prices))
        {
            return null;
        }

        foreach (var price in prices)
        {
            if (price.EffectiveFrom <= at)
            {
                return price;
            }
        }

        return null;
    }
}
