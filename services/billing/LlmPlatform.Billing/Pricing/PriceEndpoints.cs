using System.Globalization;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Pricing;

/// <summary><c>GET /admin/v1/prices</c>: every version of every price, the newest recorded last.</summary>
internal static class PriceEndpoints
{
    public static void Map(RouteGroupBuilder admin) => admin.MapGet("/prices", ListAsync);

    private static async Task<Results<Ok<Page<PriceResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        string? sku,
        bool? history,
        BillingDbContext database,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
        {
            return problem;
        }

        var last = 0L;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last))
        {
            return AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");
        }

        var rows = await database.PriceVersions.AsNoTracking()
            .Where(row => row.Id > last)
            .Where(row => sku == null || row.Sku == sku)
            .Where(row => history == true || row.SupersededAt == null)
            .OrderBy(row => row.Id)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        var shown = rows.Take(page.Size).ToList();
        var next = rows.Count > page.Size
            ? PageQuery.CursorOf(shown[^1].Id.ToString(CultureInfo.InvariantCulture))
            : null;
        return TypedResults.Ok(new Page<PriceResponse>([.. shown.Select(PriceResponse.From)], next));
    }
}
