namespace LlmPlatform.Billing.Bills;

/// <summary>Terms that a second person is to approve.</summary>
internal sealed record ProposeTermsRequest
{
    /// <summary>Null: of every tenant that has none of his own.</summary>
    public string? Tenant { get; init; }

    /// <summary>The first month they hold for, such as <c>2026-11</c>.</summary>
    public required string FromPeriod { get; init; }

    public required BillingTerms Terms { get; init; }

    public required string Reason { get; init; }
}
