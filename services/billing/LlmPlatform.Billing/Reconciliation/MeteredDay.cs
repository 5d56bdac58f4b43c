namespace LlmPlatform.Billing.Reconciliation;

/// <summary>What we counted of one model on one day, in one tier and at one price.</summary>
internal sealed record MeteredDay
{
    public required DateOnly Day { get; init; }

    public required string Model { get; init; }

    public required string ServiceTier { get; init; }

    public required string PriceVersion { get; init; }

    public required string PriceVariant { get; init; }

    /// <summary>By <see cref="ChargeMeters"/>.</summary>
    public required IReadOnlyDictionary<string, long> Tokens { get; init; }

    /// <summary>Searches of the web.</summary>
    public long WebSearches { get; init; }

    /// <summary>Pages fetched.</summary>
    public long WebFetches { get; init; }

    /// <summary>All of it, fees for the web included.</summary>
    public required decimal CostUsd { get; init; }

    /// <summary>Events whose quantities no provider reported.</summary>
    public required long Estimated { get; init; }
}
