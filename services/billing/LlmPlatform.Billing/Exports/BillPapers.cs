using LlmPlatform.Billing.Bills;
using LlmPlatform.Contracts.Billing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// The papers of a bill for other services, <c>GET /internal/v1/bills/{id}/papers/{kind}</c>: alerting mails them.
/// </summary>
internal static class BillPapers
{
    private const string Pdf = "pdf";
    private const string Csv = "csv";

    public static void Map(RouteGroupBuilder services) =>
        services.MapGet("/bills/{id}/papers/{kind}", ReadAsync);

    /// <summary>Where the papers of a bill are, the most important first.</summary>
    public static IReadOnlyList<BillPaper> Of(Bill bill) =>
        [.. new[] { Pdf, Csv }.Select(kind => new BillPaper
        {
            Name = $"{bill.Number ?? bill.Id}.{kind}",
            MediaType = MediaTypeOf(kind),
            Path = $"/internal/v1/bills/{bill.Id}/papers/{kind}",
        })];

    private static async Task<Results<FileContentHttpResult, NotFound>> ReadAsync(
        string id, string kind, BillReader bills, CancellationToken cancellationToken) =>
        kind is Pdf or Csv && await bills.FindAsync(id, cancellationToken) is { } bill
            ? TypedResults.File(kind == Pdf ? BillPdf.Write(bill) : BillCsv.Write(bill), MediaTypeOf(kind))
            : TypedResults.NotFound();

    private static string MediaTypeOf(string kind) => kind == Pdf ? "application/pdf" : "text/csv";
}
