namespace LlmPlatform.Money.Pricing;

/// <summary>
/// What one deployment costs from an instant on. Its own rates are those of the standard service tier; where a
/// provider charges otherwise for a tier, a region or a long prompt, a <see cref="PriceVariant"/> says so.
/// </summary>
public sealed record Price : PriceRates
{
    /// <summary>Names exactly these figures; the same figures from the same instant have the same id.</summary>
    public required string VersionId { get; init; }

    /// <summary>See <see cref="PriceSku"/>.</summary>
    public required string Sku { get; init; }

    /// <summary>The first instant the price applies to.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>Other rates under conditions; empty: none.</summary>
    public IReadOnlyList<PriceVariant> Variants { get; init; } = [];

    /// <summary>
    /// The rates of one call, all of them of one variant: a threshold switches the price of the whole request.
    /// </summary>
    /// <param name="totalInput">Every input token of the call, cached or not.</param>
    /// <param name="serviceTier">As the provider reports it served; see <see cref="ServiceTiers"/>.</param>
    /// <param name="region">Where it was served, when known.</param>
    /// <returns>
    /// Null when the tier has no price here: a tier that is not priced is unpriced, and not charged as another.
    /// </returns>
    public PriceRates? RatesFor(long totalInput, string? serviceTier, string? region)
    {
        var tier = ServiceTiers.Canonical(serviceTier);
        PriceRates? best = tier == ServiceTiers.Standard ? this : null;
        var (bestIsRegional, bestFrom) = (false, -1L);
        for (var i = 0; i < Variants.Count; i++)
        {
            var variant = Variants[i];
            var isRegional = variant.Region is not null;
            if (ServiceTiers.Canonical(variant.ServiceTier) != tier
                || (isRegional && !string.Equals(variant.Region, region, StringComparison.OrdinalIgnoreCase))
                || totalInput < variant.LeastInput
                || (bestIsRegional && !isRegional)
                || (bestIsRegional == isRegional && variant.LeastInput < bestFrom))
            {
                continue;
            }

            (best, bestIsRegional, bestFrom) = (variant, isRegional, variant.LeastInput);
        }

        return best;
    }

    /// <summary>The rates that a variant's label names; those of the price itself for an empty one.</summary>
    public PriceRates? RatesOf(string label) =>
        label.Length == 0 ? this : Variants.FirstOrDefault(variant => variant.Label == label);
}
