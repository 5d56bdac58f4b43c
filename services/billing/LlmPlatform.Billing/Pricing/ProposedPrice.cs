using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>A price that somebody proposes for a deployment.</summary>
internal sealed record ProposedPrice : PriceFigures
{
    private const decimal MaxAmount = 1_000_000;
    private const int Decimals = 6;
    private const int SkuLength = 500;
    private const int MaxVariants = 50;

    /// <summary><c>gpt-4o@openai/gpt-4o</c>: published model, provider, provider's model.</summary>
    public required string Sku { get; init; }

    /// <summary>The first instant it applies to.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    public IReadOnlyList<PriceVariantFigures> Variants { get; init; } = [];

    /// <summary>What is wrong with it, in a sentence; null when nothing is.</summary>
    public string? Fault()
    {
        var at = Sku.IndexOf('@', StringComparison.Ordinal);
        if (at < 1 || Sku.IndexOf('/', at) < at + 2 || Sku.Length > SkuLength || Sku.Any(char.IsControl))
        {
            return "sku is like gpt-4o@openai/gpt-4o: published model, provider, the provider's model.";
        }

        if (EffectiveFrom.Year is < 1970 or > 2105)
        {
            return "effective_from is from 1970 to 2105.";
        }

        if (Variants.Count > MaxVariants)
        {
            return $"a price has at most {MaxVariants} variants.";
        }

        return Variants.Prepend<PriceFigures>(this).Select(AmountFault).FirstOrDefault(fault => fault is not null)
            ?? Variants.Select(ConditionFault).FirstOrDefault(fault => fault is not null);
    }

    public Price ToPrice()
    {
        var price = new Price
        {
            VersionId = "",
            Sku = Sku,
            EffectiveFrom = EffectiveFrom.ToUniversalTime(),
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
            Variants =
            [
                .. Variants.Select(variant => variant.ToVariant() with
                {
                    WebSearch = variant.WebSearch ?? WebSearch,
                    WebFetch = variant.WebFetch ?? WebFetch,
                }),
            ],
        };
        return price with { VersionId = PriceVersionId.Of(price) };
    }

    private static string? AmountFault(PriceFigures figures) => figures.Given()
        .Where(figure => figure.Amount is < 0 or > MaxAmount || figure.Amount.Trimmed().Scale > Decimals)
        .Select(figure => $"{figure.Name} is from 0 to {MaxAmount}, with at most {Decimals} decimals.")
        .FirstOrDefault();

    private static string? ConditionFault(PriceVariantFigures variant) => variant switch
    {
        { InputOver: not null, InputFrom: not null } => "a variant has input_over or input_from, not both.",
        { InputOver: < 1 } or { InputFrom: < 1 } => "a threshold is 1 token or more.",
        { ServiceTier: null, Region: null, InputOver: null, InputFrom: null } =>
            "a variant names service_tier, region, input_over or input_from.",
        _ => null,
    };
}
