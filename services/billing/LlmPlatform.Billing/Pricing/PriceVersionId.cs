using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Names a price by its content: the same figures for the same deployment from the same instant have the same id.
/// </summary>
internal static class PriceVersionId
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 19;

    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Of(Price price)
    {
        // One line a figure, an absent one empty: 2.50 and 2.5 are one price, absent and 0 are two.
        var canonical = string.Join(
            '\n',
            price.Sku,
            price.EffectiveFrom.ToUniversalTime().ToString(Instant, CultureInfo.InvariantCulture),
            Text(price.Input),
            Text(price.Output),
            Text(price.CachedInput),
            Text(price.CacheWrite5m),
            Text(price.CacheWrite1h),
            Text(price.Reasoning),
            Text(price.AudioInput),
            Text(price.AudioOutput),
            Text(price.Request));

        // Appended only where there are any, so that prices from before there were keep their ids.
        if (price.ImageInput is not null || price.ImageOutput is not null || price.Variants.Count > 0)
        {
            canonical = string.Join(
                '\n',
                [canonical, Text(price.ImageInput), Text(price.ImageOutput), PriceVariants.Write(price.Variants)]);
        }

        if (price.WebSearch is not null || price.WebFetch is not null)
        {
            canonical = string.Join('\n', canonical, "web", Text(price.WebSearch), Text(price.WebFetch));
        }

        return "pv_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))[..16];
    }

    private static string Text(decimal? figure) =>
        figure?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "";
}
