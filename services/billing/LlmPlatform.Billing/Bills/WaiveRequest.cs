namespace LlmPlatform.Billing.Bills;

/// <summary>A gate that somebody answers for.</summary>
internal sealed record WaiveRequest
{
    public required string Gate { get; init; }

    public required string Reason { get; init; }
}
