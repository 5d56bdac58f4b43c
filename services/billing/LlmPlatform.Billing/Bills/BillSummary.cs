namespace LlmPlatform.Billing.Bills;

/// <summary>A bill without its lines.</summary>
internal record BillSummary
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For example <c>2026-11</c>.</summary>
    public required string Period { get; init; }

    /// <summary>The IANA zone whose midnights bound the period.</summary>
    public required string TimeZone { get; init; }

    public required DateTimeOffset PeriodStart { get; init; }

    /// <summary>The first instant after.</summary>
    public required DateTimeOffset PeriodEnd { get; init; }

    /// <summary>See <see cref="BillStates"/>. Before <c>draft</c> it is computed when asked, and changes.</summary>
    public required string State { get; init; }

    /// <summary>Given when it was issued, without gaps in its series.</summary>
    public string? Number { get; init; }

    /// <summary>ISO 4217, of every amount whose name does not end in <c>_usd</c>.</summary>
    public required string Currency { get; init; }

    /// <summary>What is charged, exact: the sum of the lines.</summary>
    public required decimal TotalUsd { get; init; }

    /// <summary>The total, rounded once, to cents, half to even.</summary>
    public required decimal PayableUsd { get; init; }

    /// <summary>What is to be paid, tax included; null until a rate of exchange is known.</summary>
    public decimal? Payable { get; init; }

    public required BillQuality DataQuality { get; init; }
}
