namespace LlmPlatform.Billing.Bills;

/// <summary>A credit note beside the bill it takes from.</summary>
internal sealed record CreditedBill(CreditNote Note, Bill Bill)
{
    /// <summary>The month it was given back in, where the bill's months are counted.</summary>
    public BillPeriod Period { get; } = BillPeriod.At(Note.IssuedAt, Bill.TimeZone);
}
