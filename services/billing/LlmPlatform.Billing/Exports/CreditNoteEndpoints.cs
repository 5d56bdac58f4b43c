using LlmPlatform.Billing.Bills;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// <c>GET /admin/v1/bills/{id}/credit-notes</c>, the earliest first, and <c>…/{number}.pdf</c>.
/// </summary>
internal static class CreditNoteEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var notes = admin.MapGroup("/bills/{id}/credit-notes").OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        notes.MapGet("", ListAsync);
        notes.MapGet("/{number}.pdf", PdfAsync);
    }

    private static async Task<Results<Ok<Page<CreditNoteResponse>>, ProblemHttpResult>> ListAsync(
        string id,
        AdminOperator who,
        BillReader bills,
        BillingDbContext database,
        CancellationToken cancellationToken)
    {
        var (bill, problem) = await BillEndpoints.FindAsync(id, who, bills, cancellationToken);
        return bill is null
            ? problem!
            : TypedResults.Ok(new Page<CreditNoteResponse>(
                [.. (await OfAsync(bill, database, cancellationToken)).Select(CreditNoteResponse.From)], null));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PdfAsync(
        string id,
        string number,
        AdminOperator who,
        BillReader bills,
        BillingDbContext database,
        CancellationToken cancellationToken)
    {
        var (bill, problem) = await BillEndpoints.FindAsync(id, who, bills, cancellationToken);
        if (bill is null)
        {
            return problem!;
        }

        var notes = await OfAsync(bill, database, cancellationToken);
        var note = notes.Find(known => known.Number == number);
        if (note is null)
        {
            return AdminProblem.NotFound("credit_note_not_found", $"{id} has no credit note '{number}'.");
        }

        var before = notes.TakeWhile(known => known != note).Sum(known => known.Amount);
        return TypedResults.File(CreditNotePdf.Write(note, bill, before), "application/pdf", $"{number}.pdf");
    }

    private static Task<List<CreditNote>> OfAsync(
        Bill bill, BillingDbContext database, CancellationToken cancellationToken) =>
        database.CreditNotes.AsNoTracking().Where(note => note.BillId == bill.Id)
            .OrderBy(note => note.IssuedAt).ThenBy(note => note.Number).ToListAsync(cancellationToken);
}
