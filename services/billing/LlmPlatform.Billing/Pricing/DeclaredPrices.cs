using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>The prices that the configuration file declares, one for each deployment and instant.</summary>
internal static class DeclaredPrices
{
    public static IReadOnlyList<Price> Of(PlatformConfiguration declared) =>
    [
        .. from model in declared.Models
           from deployment in model.Deployments
           let schedule = deployment.Price ?? model.Price
           where schedule is not null
           from version in schedule.Versions
           group version by (
               Sku: PriceSku.For(model.Name, deployment.Provider, deployment.Model),
               EffectiveFrom: version.EffectiveFrom.ToUniversalTime())
           into same
           select PriceOf(same.Key.Sku, same.Key.EffectiveFrom, same.First()),
    ];

    private static Price PriceOf(string sku, DateTimeOffset effectiveFrom, PriceConfiguration figures)
    {
        var price = new Price
        {
            VersionId = "",
            Sku = sku,
            EffectiveFrom = effectiveFrom,
            Input = figures.Input,
            Output = figures.Output,
            CachedInput = figures.CachedInput,
            CacheWrite5m = figures.CacheWrite5m,
            CacheWrite1h = figures.CacheWrite1h,
            Reasoning = figures.Reasoning,
            AudioInput = figures.AudioInput,
            AudioOutput = figures.AudioOutput,
            ImageInput = figures.ImageInput,
            ImageOutput = figures.ImageOutput,
            WebSearch = figures.WebSearch,
            WebFetch = figures.WebFetch,
            Request = figures.Request ?? 0,
            Variants = [.. figures.Variants.Select(variant => VariantOf(variant, figures))],
        };
        return price with { VersionId = PriceVersionId.Of(price) };
    }

    // A tier or a long prompt changes what tokens cost, and what a search costs only where it says so.
    private static PriceVariant VariantOf(PriceVariantConfiguration variant, PriceConfiguration of) => new()
    {
        ServiceTier = variant.ServiceTier,
        Region = variant.Region,
        InputOver = variant.InputOver,
        InputFrom = variant.InputFrom,
        Input = variant.Amounts.Input,
        Output = variant.Amounts.Output,
        CachedInput = variant.Amounts.CachedInput,
        CacheWrite5m = variant.Amounts.CacheWrite5m,
        CacheWrite1h = variant.Amounts.CacheWrite1h,
        Reasoning = variant.Amounts.Reasoning,
        AudioInput = variant.Amounts.AudioInput,
        AudioOutput = variant.Amounts.AudioOutput,
        ImageInput = variant.Amounts.ImageInput,
        ImageOutput = variant.Amounts.ImageOutput,
        WebSearch = variant.Amounts.WebSearch ?? of.WebSearch,
        WebFetch = variant.Amounts.WebFetch ?? of.WebFetch,
        Request = variant.Amounts.Request ?? 0,
    };
}
