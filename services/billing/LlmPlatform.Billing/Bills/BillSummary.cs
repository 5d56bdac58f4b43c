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

    /// <summary><c>draft</c>: computed when asked, and different when usage arrives or changes.</summary>
    public required string State { get; init; }

    public required string Currency { get; init; }

    /// <summary>Exact: the sum of the lines.</summary>
    public required decimal TotalUsd { get; init; }

    /// <summary>The total, rounded once, to cents, half to even.</summary>
    public required decimal PayableUsd { get; init; }

    public required BillQuality DataQuality { get; init; }
}
