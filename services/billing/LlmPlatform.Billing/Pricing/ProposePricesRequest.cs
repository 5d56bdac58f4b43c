namespace LlmPlatform.Billing.Pricing;

/// <summary>Prices that a second person is to approve.</summary>
internal sealed record ProposePricesRequest
{
    public required IReadOnlyList<ProposedPrice> Prices { get; init; }

    /// <summary>Why, and where the figures are from.</summary>
    public required string Reason { get; init; }
}
