using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>A credit note as finance files it beside the bill it takes from. The same note is the same bytes.</summary>
internal static class CreditNotePdf
{
    /// <param name="note">What is given back.</param>
    /// <param name="bill">On what.</param>
    /// <param name="before">Given back on it earlier, tax included.</param>
    public static byte[] Write(CreditNote note, Bill bill, decimal before)
    {
        var title = $"Credit note {note.Number}";
        var pages = new PdfPages(title, bill.Issuer.Name, $"{title} · {bill.Number}", note.IssuedAt);
        pages.Text(title, size: 20, bold: true);
        pages.Text($"on invoice {bill.Number} of {bill.Period}", grey: true);
        pages.Space(12);
        pages.Beside(["From", .. BillPdf.PartyOf(bill.Issuer)], ["To", .. BillPdf.PartyOf(bill.Customer)]);
        pages.Space(10);
        pages.Beside(
            [
                "Details",
                $"Issued {BillPdf.DayOf(bill, note.IssuedAt)}",
                .. bill.PurchaseOrder is { } order ? [$"Purchase order {order}"] : Array.Empty<string>(),
                $"Tenant {bill.Tenant}",
            ],
            [
                "Responsible",
                $"Proposed by {BillPdf.Person(note.ProposedBy)}",
                $"Approved by {BillPdf.Person(note.ApprovedBy)}",
            ]);
        pages.Heading("Given back");
        var payable = bill.Payable!.Value;
        pages.Table(
            [new("", pages.Width - 130), new(bill.Currency, 130, true)],
            [
                ["Net", BillPdf.Money(bill, note.Amount - note.Tax)],
                [BillPdf.TaxOf(bill), BillPdf.Money(bill, note.Tax)],
            ],
            ["Credited", BillPdf.Money(bill, note.Amount)]);
        pages.Space(6);
        pages.Table(
            [new("", pages.Width - 130), new(bill.Currency, 130, true)],
            [
                [$"Payable by {bill.Number}", BillPdf.Money(bill, payable)],
                ["Credited earlier", BillPdf.Money(bill, -before)],
                ["Credited by this note", BillPdf.Money(bill, -note.Amount)],
            ],
            ["Left to pay", BillPdf.Money(bill, payable - before - note.Amount)]);
        pages.Heading("Reason");
        pages.Text(note.Reason);
        pages.Space(8);
        pages.Text($"Content {note.ContentHash}", 7, grey: true);
        pages.Text($"The note before in this series: {note.PreviousHash ?? "none"}", 7, grey: true);
        return pages.ToFile();
    }
}
