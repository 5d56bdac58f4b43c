using System.Text.Json.Serialization;

namespace LlmPlatform.Money.Pricing;

/// <summary>
/// The rates of a deployment under a condition: a service tier, a region, a prompt longer than a threshold, or several
/// of these. Of those that apply the one for the very region comes first, then the one with the highest threshold.
/// </summary>
public sealed record PriceVariant : PriceRates
{
    /// <summary>The tier; null: the standard one.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The region, compared without case; null: any.</summary>
    public string? Region { get; init; }

    /// <summary>Applies to calls of more input tokens than this, cached ones included.</summary>
    public long? InputOver { get; init; }

    /// <summary>Applies to calls of as many input tokens as this or more, cached ones included.</summary>
    public long? InputFrom { get; init; }

    /// <summary>The fewest input tokens it applies to; 0: no threshold.</summary>
    [JsonIgnore]
    public long LeastInput => InputFrom ?? (InputOver + 1) ?? 0;

    /// <summary>Names the condition within its price: <c>batch &gt;200000 eu</c>.</summary>
    [JsonIgnore]
    public string Label => string.Join(' ', new[]
    {
        ServiceTiers.Canonical(ServiceTier) is var tier && tier == ServiceTiers.Standard ? "" : tier,
        InputOver is not null ? $">{InputOver}" : InputFrom is not null ? $">={InputFrom}" : "",
        Region ?? "",
    }.Where(part => part.Length > 0));
}
