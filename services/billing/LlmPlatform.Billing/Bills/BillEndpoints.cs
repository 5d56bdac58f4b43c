using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Bills;

/// <summary><c>GET /admin/v1/bills?period=2026-11</c>, <c>/bills/{id}</c> and <c>/bills/{id}.csv</c>.</summary>
internal static class BillEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var bills = admin.MapGroup("/bills").OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        bills.MapGet("", ListAsync);
        bills.MapGet("/{id}", ReadAsync);
        bills.MapGet("/{id}.csv", ReadCsvAsync);
    }

    private static async Task<Results<Ok<Page<BillSummary>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        string? period,
        string? tenant,
        AdminOperator who,
        BillReader bills,
        IPlatformConfigurationSource configuration,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem) || !who.TryNarrow(tenant, out tenant, out problem))
        {
            return problem;
        }

        var zone = configuration.Current.Server.TimeZone;
        var month = BillPeriod.At(clock.GetUtcNow(), zone);
        if (period is not null && !BillPeriod.TryParse(period, zone, out month))
        {
            return AdminProblem.Invalid(
                "invalid_period", "period is a month from 1970-01 to 2105-12, such as 2026-11.");
        }

        var found = await bills.ReadAsync(month, tenant, cancellationToken);

        // Written as what the page holds, a summary: the lines stay out.
        return TypedResults.Ok(page.Cut<BillSummary>(found, bill => bill.Tenant, after));
    }

    private static async Task<Results<Ok<Bill>, ProblemHttpResult>> ReadAsync(
        string id,
        AdminOperator who,
        BillReader bills,
        IPlatformConfigurationSource configuration,
        CancellationToken cancellationToken)
    {
        if (IsOfOther(id, who))
        {
            return who.OtherTenant();
        }

        return await FindAsync(id, bills, configuration, cancellationToken) is { } bill
            ? TypedResults.Ok(bill)
            : NotFound(id);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ReadCsvAsync(
        string id,
        AdminOperator who,
        BillReader bills,
        IPlatformConfigurationSource configuration,
        CancellationToken cancellationToken)
    {
        if (IsOfOther(id, who))
        {
            return who.OtherTenant();
        }

        return await FindAsync(id, bills, configuration, cancellationToken) is { } bill
            ? TypedResults.File(BillCsv.Write(bill), "text/csv; charset=utf-8", id + ".csv")
            : NotFound(id);
    }

    // The id says whose bill it is: another's is not even computed.
    private static bool IsOfOther(string id, AdminOperator who) =>
        BillId.TryParse(id, out var tenant, out _) && !who.Sees(tenant);

    private static async Task<Bill?> FindAsync(
        string id, BillReader bills, IPlatformConfigurationSource configuration, CancellationToken cancellationToken) =>
        BillId.TryParse(id, out var tenant, out var name)
        && BillPeriod.TryParse(name, configuration.Current.Server.TimeZone, out var period)
            ? (await bills.ReadAsync(period, tenant, cancellationToken)).SingleOrDefault()
            : null;

    private static ProblemHttpResult NotFound(string id) => AdminProblem.NotFound(
        "bill_not_found",
        $"There is no bill '{id}': ids are like bill_acme_2026-11, of a month in which the tenant used something.");
}
