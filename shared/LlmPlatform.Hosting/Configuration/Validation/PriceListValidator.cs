using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class PriceListValidator
{
    /// <summary>Two versions of a price from the same moment would leave open which one applies.</summary>
    public static void Validate(IReadOnlyList<PriceListEntry> prices, FileReading reading)
    {
        var first = new Dictionary<(string Sku, DateTimeOffset From), int>();
        for (var i = 0; i < prices.Count; i++)
        {
            var version = (prices[i].Sku, prices[i].Price.EffectiveFrom);
            if (prices[i].Sku.Length > 0 && !first.TryAdd(version, prices[i].Line))
                reading.Fault(
                    $"[{i}].sku", $"has a price from this date on line {first[version]} already; change the date.");
        }
    }
}
