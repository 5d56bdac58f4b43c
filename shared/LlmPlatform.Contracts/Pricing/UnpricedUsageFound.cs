namespace LlmPlatform.Contracts.Pricing;

/// <summary>
/// Usage came that no price is known for: it is on no bill until somebody gives one. Said once for each deployment and
/// tier until a price is known.
/// </summary>
public sealed record UnpricedUsageFound
{
    /// <summary>The price book's key: see <c>PriceSku</c>.</summary>
    public required string Sku { get; init; }

    /// <summary>The published model.</summary>
    public required string Model { get; init; }

    /// <summary>The provider that served, by its configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The tier it was served in.</summary>
    public required string ServiceTier { get; init; }

    /// <summary>When it was found.</summary>
    public required DateTimeOffset FoundAt { get; init; }
}
