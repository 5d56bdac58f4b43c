using System.Globalization;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Audit.Search;

/// <summary><c>GET /admin/v1/audit</c>, newest first, and <c>GET /admin/v1/audit/{id}</c>.</summary>
internal static class SearchEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/audit", SearchAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapGet("/audit/{id:guid}", GetAsync).OpenTo(KeyRole.TenantAdmin);
    }

    private static async Task<Results<Ok<Page<AuditRecordResponse>>, ProblemHttpResult>> SearchAsync(
        [AsParameters] PageQuery page,
        [AsParameters] AuditQuery query,
        AdminOperator who,
        AuditDbContext database,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem)
            || !who.TryNarrow(query.Tenant, out var tenant, out problem))
        {
            return problem;
        }

        var before = long.MaxValue;
        if (after is not null && !long.TryParse(after, CultureInfo.InvariantCulture, out before))
            return AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");

        var found = await (query with { Tenant = tenant }).Narrow(database.Records.AsNoTracking())
            .Where(record => record.Sequence < before)
            .OrderByDescending(record => record.Sequence)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        var next = found.Count > page.Size
            ? PageQuery.CursorOf(found[page.Size - 1].Sequence.ToString(CultureInfo.InvariantCulture))
            : null;
        return TypedResults.Ok(new Page<AuditRecordResponse>(
            [.. found.Take(page.Size).Select(AuditRecordResponse.Of)], next));
    }

    /// <summary>By the record's id, or by the <c>X-Request-Id</c> that a caller was given.</summary>
    private static async Task<Results<Ok<AuditRecordResponse>, ProblemHttpResult>> GetAsync(
        Guid id, AdminOperator who, AuditDbContext database, CancellationToken cancellationToken)
    {
        var ofRequest = EventIdentity.Completion(id);
        var record = await database.Records.AsNoTracking()
            .FirstOrDefaultAsync(record => record.RecordId == id || record.RecordId == ofRequest, cancellationToken);
        return record is null
            ? AdminProblem.NotFound("audit_record_not_found", $"No record and no request has the id {id}.")
            : who.Sees(record.Tenant) ? TypedResults.Ok(AuditRecordResponse.Of(record))
            : who.OtherTenant();
    }
}
