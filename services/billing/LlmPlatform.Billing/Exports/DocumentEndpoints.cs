using LlmPlatform.Billing.Bills;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Exports;

/// <summary>A bill's papers, all of them made of the same stored bill.</summary>
internal static class DocumentEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var bills = admin.MapGroup("/bills").OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        bills.MapGet("/{id}.csv", (string id, AdminOperator who, BillReader reader, CancellationToken cancellation) =>
            FileAsync(id, who, reader, "csv", bill => BillCsv.Write(bill), cancellation));
        bills.MapGet("/{id}.pdf", (string id, AdminOperator who, BillReader reader, CancellationToken cancellation) =>
            FileAsync(id, who, reader, "pdf", bill => BillPdf.Write(bill), cancellation));
        bills.MapGet("/{id}/journal.csv", (string id, AdminOperator who, BillReader reader,
            CancellationToken cancellation) =>
            FileAsync(id, who, reader, "journal.csv", bill => JournalCsv.Write(bill), cancellation));
        bills.MapGet("/{id}/focus.csv", FocusOfBillAsync);
        admin.MapGet("/exports/focus", FocusAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> FileAsync(
        string id,
        AdminOperator who,
        BillReader bills,
        string ending,
        Func<Bill, byte[]> write,
        CancellationToken cancellationToken)
    {
        var (bill, problem) = await BillEndpoints.FindAsync(id, who, bills, cancellationToken);
        return bill is not null ? Sent(write(bill), $"{bill.Number ?? bill.Id}.{ending}") : problem!;
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> FocusOfBillAsync(
        string id,
        string? dataset,
        string? version,
        string? perspective,
        AdminOperator who,
        BillReader bills,
        CancellationToken cancellationToken)
    {
        var (bill, problem) = await BillEndpoints.FindAsync(id, who, bills, cancellationToken);
        return bill is not null ? Focus([bill], [], bill.Number ?? bill.Id, dataset, version, perspective) : problem!;
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> FocusAsync(
        string period,
        string? tenant,
        string? dataset,
        string? version,
        string? perspective,
        AdminOperator who,
        BillReader bills,
        CancellationToken cancellationToken)
    {
        if (!who.TryNarrow(tenant, out tenant, out var problem))
        {
            return problem;
        }

        return BillPeriod.TryParse(period, "UTC", out _)
            ? Focus(
                await bills.ReadAsync(period, tenant, cancellationToken),
                await bills.CreditsAsync(period, tenant, cancellationToken),
                period,
                dataset,
                version,
                perspective)
            : BillEndpoints.BadPeriod();
    }

    private static Results<FileContentHttpResult, ProblemHttpResult> Focus(
        IReadOnlyList<Bill> bills,
        IReadOnlyList<CreditedBill> credits,
        string name,
        string? dataset,
        string? version,
        string? perspective)
    {
        if (perspective is not (null or "chargeback" or "provider"))
        {
            return AdminProblem.Invalid("invalid_perspective", "perspective is chargeback or provider.");
        }

        dataset ??= "cost_and_usage";
        version ??= FocusFile.Latest;

        // What is voided was never owed.
        var standing = bills.Where(bill => bill.State != BillStates.Voided || dataset == "invoice_detail").ToList();
        return FocusFile.Write(dataset, version, standing, credits, perspective == "provider") is { } file
            ? Sent(file, $"focus-{version}-{dataset}-{name}.csv")
            : AdminProblem.Invalid(
                "invalid_dataset",
                $"dataset is one of {FocusFile.Datasets}, version 1.4; or cost_and_usage of version 1.2.");
    }

    private static FileContentHttpResult Sent(byte[] file, string name) => TypedResults.File(
        file, name.EndsWith(".pdf", StringComparison.Ordinal) ? "application/pdf" : "text/csv; charset=utf-8", name);
}
