namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// Prices: the entries of the price list, and what stands under <c>price</c> in a model or a deployment.
/// </summary>
internal static class PriceSection
{
    /// <summary>USD per million tokens; a thousand times the dearest model there is.</summary>
    private const decimal MaxPrice = 1_000_000;

    /// <summary>
    /// With six decimals a million, what one token costs is exact at twelve, which is what billing keeps.
    /// </summary>
    private const int Decimals = 6;

    /// <summary>More tokens than any prompt has.</summary>
    private const long MaxThreshold = 100_000_000;

    public static PriceListEntry ReadEntry(SectionReader entry)
    {
        var sku = entry.Text("sku");
        var price = ReadAmounts(entry);
        return new PriceListEntry
        {
            Sku = sku,
            Provider = entry.Text("provider"),
            Model = entry.Text("model"),
            Price = price with { Sku = sku, EffectiveFrom = ReadEffectiveFrom(entry), Source = entry.Url("source") },
            Line = entry.Line,
        };
    }

    /// <summary>Either amounts in place, or the name of a price in the list.</summary>
    public static PriceSchedule? ReadReference(SectionReader owner, IReadOnlyList<PriceListEntry> list)
    {
        const string Key = "price";
        if (owner.HoldsSection(Key))
            return owner.Section(Key, amounts => new PriceSchedule([ReadAmounts(amounts)]));
        if (owner.Value(Key) is not { } sku)
            return null;

        var versions = list.Where(entry => entry.Sku == sku.Value).Select(entry => entry.Price)
            .OrderBy(price => price.EffectiveFrom).ToList();
        if (versions.Count > 0)
            return new PriceSchedule(versions);
        var known = list.Select(entry => entry.Sku).Distinct().ToList();
        owner.Fault(Key, $"the price list has no {sku.Shown}; {Suggestion.For(sku.Value, known)}");
        return null;
    }

    private static PriceConfiguration ReadAmounts(SectionReader amounts)
    {
        foreach (var key in new[] { "input", "output" })
            amounts.Require(key);
        return new PriceConfiguration
        {
            Input = Amount(amounts, "input") ?? 0,
            Output = Amount(amounts, "output") ?? 0,
            CachedInput = Amount(amounts, "cached_input"),
            CacheWrite5m = Amount(amounts, "cache_write_5m"),
            CacheWrite1h = Amount(amounts, "cache_write_1h"),
            Reasoning = Amount(amounts, "reasoning"),
            AudioInput = Amount(amounts, "audio_input"),
            AudioOutput = Amount(amounts, "audio_output"),
            ImageInput = Amount(amounts, "image_input"),
            ImageOutput = Amount(amounts, "image_output"),
            WebSearch = Amount(amounts, "web_search"),
            WebFetch = Amount(amounts, "web_fetch"),
            Request = Amount(amounts, "request"),
            Variants = amounts.Sections("variants", ReadVariant) is { Count: > 0 } variants ? variants : [],
        };
    }

    private static PriceVariantConfiguration ReadVariant(SectionReader variant)
    {
        var read = new PriceVariantConfiguration
        {
            ServiceTier = variant.OptionalText("service_tier"),
            Region = variant.OptionalText("region"),
            InputOver = variant.OptionalLong("input_over", 1, MaxThreshold),
            InputFrom = variant.OptionalLong("input_from", 1, MaxThreshold),
            Amounts = ReadAmounts(variant),
        };
        if (read.InputOver is not null && read.InputFrom is not null)
            variant.Fault("input_from", "stands beside input_over; say which of the two the vendor means.");
        if (read is { ServiceTier: null, Region: null, InputOver: null, InputFrom: null })
            variant.Fault("service_tier", "is missing; a variant names it, region, input_over or input_from.");
        if (read.Amounts.Variants.Count > 0)
            variant.Fault("variants", "has no place in a variant; name both conditions in one.");
        return read;
    }

    private static decimal? Amount(SectionReader amounts, string key) =>
        amounts.OptionalDecimal(key, 0, MaxPrice, Decimals);

    private static DateTimeOffset ReadEffectiveFrom(SectionReader entry)
    {
        const string Key = "effective_from";
        entry.Require(Key);
        if (entry.Value(Key) is not { } text)
            return DateTimeOffset.UnixEpoch;
        if (MomentText.TryParse(text.Value, out var moment))
            return moment;
        entry.Fault(Key, $"{text.Shown} is no date; write it like 2026-01-31.");
        return DateTimeOffset.UnixEpoch;
    }
}
