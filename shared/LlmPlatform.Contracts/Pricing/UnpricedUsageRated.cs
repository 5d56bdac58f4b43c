namespace LlmPlatform.Contracts.Pricing;

/// <summary>
/// What had come without a price has one now, all of it: the end of <see cref="UnpricedUsageFound"/>.
/// </summary>
public sealed record UnpricedUsageRated
{
    /// <summary>The price book's key: see <c>PriceSku</c>.</summary>
    public required string Sku { get; init; }

    /// <summary>The tier it was served in.</summary>
    public required string ServiceTier { get; init; }

    /// <summary>When the last of it was rated.</summary>
    public required DateTimeOffset RatedAt { get; init; }
}
