namespace LlmPlatform.Billing.Bills;

/// <summary>Everything a bill is made of.</summary>
internal sealed record BillBasis
{
    public required string Tenant { get; init; }

    public required BillPeriod Period { get; init; }

    public required string State { get; init; }

    public required BillingTerms Terms { get; init; }

    /// <summary>Null for USD, or when none is known.</summary>
    public BillExchange? Exchange { get; init; }

    /// <summary>Of the period itself.</summary>
    public required IReadOnlyList<UsageSums> Sums { get; init; }

    public required IReadOnlyList<BillDay> Days { get; init; }

    /// <summary>Those of the period and corrections of others, in any order, not yet converted or numbered.</summary>
    public required IReadOnlyList<BillLine> Lines { get; init; }

    /// <summary>Events of the tenant and period that are in no sum.</summary>
    public required long Quarantined { get; init; }

    public required DateTimeOffset ComputedAt { get; init; }

    public required long PriceBook { get; init; }
}
