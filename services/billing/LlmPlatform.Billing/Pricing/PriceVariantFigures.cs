using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>A <see cref="PriceVariant"/> as operators write and read it.</summary>
internal sealed record PriceVariantFigures : PriceFigures
{
    public string? ServiceTier { get; init; }

    public string? Region { get; init; }

    public long? InputOver { get; init; }

    public long? InputFrom { get; init; }

    public PriceVariant ToVariant() => new()
    {
        ServiceTier = ServiceTier,
        Region = Region,
        InputOver = InputOver,
        InputFrom = InputFrom,
        Input = Input,
        Output = Output,
        CachedInput = CachedInput,
        CacheWrite5m = CacheWrite5m,
        CacheWrite1h = CacheWrite1h,
        Reasoning = Reasoning,
        AudioInput = AudioInput,
        AudioOutput = AudioOutput,
        ImageInput = ImageInput,
        ImageOutput = ImageOutput,
        WebSearch = WebSearch,
        WebFetch = WebFetch,
        Request = Request,
    };

    public static PriceVariantFigures From(PriceVariant variant) => new()
    {
        ServiceTier = variant.ServiceTier,
        Region = variant.Region,
        InputOver = variant.InputOver,
        InputFrom = variant.InputFrom,
        Input = variant.Input,
        Output = variant.Output,
        CachedInput = variant.CachedInput,
        CacheWrite5m = variant.CacheWrite5m,
        CacheWrite1h = variant.CacheWrite1h,
        Reasoning = variant.Reasoning,
        AudioInput = variant.AudioInput,
        AudioOutput = variant.AudioOutput,
        ImageInput = variant.ImageInput,
        ImageOutput = variant.ImageOutput,
        WebSearch = variant.WebSearch,
        WebFetch = variant.WebFetch,
        Request = variant.Request,
    };
}
