namespace LlmPlatform.Billing.Bills;

/// <summary>What is to be given back on a bill, and why.</summary>
internal sealed record CreditRequest
{
    /// <summary>Tax included, in the bill's currency.</summary>
    public required decimal Amount { get; init; }

    public required string Reason { get; init; }
}
