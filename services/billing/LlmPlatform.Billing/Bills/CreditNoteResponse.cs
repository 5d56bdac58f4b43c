namespace LlmPlatform.Billing.Bills;

/// <summary>Money given back on a bill.</summary>
internal sealed record CreditNoteResponse(
    string Number,
    string BillId,
    decimal Amount,
    decimal Tax,
    string Currency,
    string Reason,
    string ProposedBy,
    string ApprovedBy,
    DateTimeOffset IssuedAt,
    string ContentHash)
{
    public static CreditNoteResponse From(CreditNote note) => new(
        note.Number, note.BillId, note.Amount, note.Tax, note.Currency, note.Reason, note.ProposedBy, note.ApprovedBy,
        note.IssuedAt, note.ContentHash);
}
