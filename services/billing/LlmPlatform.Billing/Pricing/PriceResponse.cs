namespace LlmPlatform.Billing.Pricing;

/// <summary>A price version, as operators see it. Amounts in USD per 1,000,000 tokens.</summary>
internal sealed record PriceResponse : PriceFigures
{
    public required string Version { get; init; }

    public required string Sku { get; init; }

    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>Other amounts for a service tier, a region or long prompts.</summary>
    public required IReadOnlyList<PriceVariantFigures> Variants { get; init; }

    /// <summary><c>file</c>, or the proposal that was approved.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When another price took its place; null while it is in force.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    public static PriceResponse From(PriceVersion row)
    {
        var price = row.ToPrice();
        return new PriceResponse
        {
            Version = price.VersionId,
            Sku = price.Sku,
            EffectiveFrom = price.EffectiveFrom,
            Input = price.Input,
            Output = price.Output,
            CachedInput = price.CachedInput,
            CacheWrite5m = price.CacheWrite5m,
            CacheWrite1h = price.CacheWrite1h,
            Reasoning = price.Reasoning,
            AudioInput = price.AudioInput,
            AudioOutput = price.AudioOutput,
            ImageInput = price.ImageInput,
            ImageOutput = price.ImageOutput,
            WebSearch = price.WebSearch,
            WebFetch = price.WebFetch,
            Request = price.Request,
            Variants = [.. price.Variants.Select(PriceVariantFigures.From)],
            Source = row.Source,
            RecordedAt = row.RecordedAt,
            SupersededAt = row.SupersededAt,
        };
    }
}
