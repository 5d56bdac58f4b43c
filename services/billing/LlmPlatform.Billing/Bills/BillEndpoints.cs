using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Bills;

/// <summary><c>GET /admin/v1/bills?period=2026-11</c> and <c>/bills/{id}</c>: issued bills and those to be.</summary>
internal static class BillEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var bills = admin.MapGroup("/bills").OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        bills.MapGet("", ListAsync);
        bills.MapGet("/{id}", ReadAsync);
    }

    /// <summary>A bill that an operator may see.</summary>
    /// <param name="id">The bill's id, or its number.</param>
    /// <param name="who">The operator.</param>
    /// <param name="bills">Where bills are found.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>The bill, or the answer that there is none for him.</returns>
    public static async Task<(Bill? Bill, ProblemHttpResult? Problem)> FindAsync(
        string id, AdminOperator who, BillReader bills, CancellationToken cancellationToken)
    {
        // The id says whose bill it is: another's is not even computed. A number does not, and is only looked up.
        if (BillId.TryParse(id, out var tenant, out _) && !who.Sees(tenant))
        {
            return (null, who.OtherTenant());
        }

        var bill = await bills.FindAsync(id, cancellationToken);
        return bill is null ? (null, NotFound(id))
            : who.Sees(bill.Tenant) ? (bill, null)
            : (null, who.OtherTenant());
    }

    /// <summary>There is no such bill.</summary>
    public static ProblemHttpResult NotFound(string id) => AdminProblem.NotFound(
        "bill_not_found",
        $"There is no bill '{id}': ids are like bill_acme_2026-11, of a month in which the tenant used something.");

    /// <summary>A month was not written as one.</summary>
    public static ProblemHttpResult BadPeriod() => AdminProblem.Invalid(
        "invalid_period", "period is a month from 1970-01 to 2105-12, such as 2026-11.");

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
            return BadPeriod();
        }

        var found = await bills.ReadAsync(month.Name, tenant, cancellationToken);

        // Written as what the page holds, a summary: the lines stay out.
        return TypedResults.Ok(page.Cut<BillSummary>(found, bill => $"{bill.Tenant}\u001f{bill.Id}", after));
    }

    private static async Task<Results<Ok<Bill>, ProblemHttpResult>> ReadAsync(
        string id, AdminOperator who, BillReader bills, CancellationToken cancellationToken)
    {
        var (bill, problem) = await FindAsync(id, who, bills, cancellationToken);
        return bill is not null ? TypedResults.Ok(bill) : problem!;
    }
}
