using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Rerating;

/// <summary>
/// What a month would have cost otherwise, from its sums: the same quantities at other rates. Pure. Token counts are
/// taken as they were; another model would count and answer a little otherwise.
/// </summary>
internal static class WhatIf
{
    /// <summary>At the prices as they are known at an instant.</summary>
    public static decimal? AtPricesOf(UsageSums place, PriceHistory prices, DateTimeOffset at) =>
        RatesOf(place, prices) is { } rated
            ? CostAt(place, prices.FindAsKnownNow(rated.Price.Sku, at)?.RatesOf(place.PriceVariant))
            : null;

    /// <summary>On another deployment, in the standard tier.</summary>
    public static decimal? On(UsageSums place, Price other) => CostAt(place, other);

    /// <summary>Had no provider's cache served or been written: those tokens cost as any other.</summary>
    public static decimal? WithoutCache(UsageSums place, PriceHistory prices)
    {
        if (RatesOf(place, prices) is not { } rated)
        {
            return null;
        }

        var plain = new PriceVariant
        {
            Input = rated.Rates.Input,
            Output = rated.Rates.Output,
            CachedInput = rated.Rates.Input,
            CacheWrite5m = rated.Rates.Input,
            CacheWrite1h = rated.Rates.Input,
            Reasoning = rated.Rates.Reasoning,
            AudioInput = rated.Rates.AudioInput,
            AudioOutput = rated.Rates.AudioOutput,
            ImageInput = rated.Rates.ImageInput,
            ImageOutput = rated.Rates.ImageOutput,
            WebSearch = rated.Rates.WebSearch,
            WebFetch = rated.Rates.WebFetch,
            Request = rated.Rates.Request,
        };
        return CostAt(place, plain);
    }

    private static (Price Price, PriceRates Rates)? RatesOf(UsageSums place, PriceHistory prices) =>
        prices.FindVersion(place.PriceVersion) is { } price && price.RatesOf(place.PriceVariant) is { } rates
            ? (price, rates)
            : null;

    // Null where something that was used has no price there.
    private static decimal? CostAt(UsageSums place, PriceRates? rates)
    {
        var used = TokenClass.All.Zip(place.Quantities).Where(one => one.Second != 0).ToList();
        return rates is null || used.Exists(one => one.First.UnitPrice(rates) is null)
            ? null
            : used.Sum(one => one.First.UnitPrice(rates)!.Value * one.Second / one.First.Per);
    }
}
