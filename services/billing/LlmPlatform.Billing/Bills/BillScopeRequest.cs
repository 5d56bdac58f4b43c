namespace LlmPlatform.Billing.Bills;

/// <summary>Which bills a step is for.</summary>
internal sealed record BillScopeRequest
{
    public required string Period { get; init; }

    /// <summary>Null: of every tenant.</summary>
    public string? Tenant { get; init; }
}
