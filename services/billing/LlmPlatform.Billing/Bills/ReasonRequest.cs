namespace LlmPlatform.Billing.Bills;

/// <summary>Why something is to be done.</summary>
internal sealed record ReasonRequest
{
    public required string Reason { get; init; }
}
