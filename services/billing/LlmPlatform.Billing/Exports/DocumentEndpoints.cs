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
        bills.MapGet("/{id}.csv", CsvAsync);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> CsvAsync(
        string id, AdminOperator who, BillReader bills, CancellationToken cancellationToken)
    {
        var (bill, problem) = await BillEndpoints.FindAsync(id, who, bills, cancellationToken);
        return bill is not null
            ? TypedResults.File(BillCsv.Write(bill), "text/csv; charset=utf-8", id + ".csv")
            : problem!;
    }
}
