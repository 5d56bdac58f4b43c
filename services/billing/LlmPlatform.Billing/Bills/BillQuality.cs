namespace LlmPlatform.Billing.Bills;

/// <summary>How good the data behind a bill is.</summary>
internal sealed record BillQuality
{
    /// <summary>Usage events on the bill.</summary>
    public required long Rows { get; init; }

    /// <summary>Of them, those whose quantities a provider did not report.</summary>
    public required long EstimatedRows { get; init; }

    /// <summary><see cref="EstimatedRows"/> of <see cref="Rows"/>, 0 to 1, four decimals.</summary>
    public required decimal EstimatedShare { get; init; }

    /// <summary>Of the rows, those no price is known for: their cost is missing from the total.</summary>
    public required long UnpricedRows { get; init; }

    /// <summary>Events of the period that could not be stored and are on no bill.</summary>
    public required long QuarantinedEvents { get; init; }
}
