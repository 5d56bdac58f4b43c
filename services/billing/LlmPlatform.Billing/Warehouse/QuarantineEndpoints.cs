using LlmPlatform.Billing.Bills;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// <c>GET /admin/v1/completeness/quarantine</c>, and <c>POST …/{edge}/{epoch}/{sequence}/replay</c> or
/// <c>…/discard</c>.
/// </summary>
internal static class QuarantineEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var quarantine = admin.MapGroup("/completeness/quarantine").OpenTo(KeyRole.Finance);
        quarantine.MapGet("", ListAsync);
        quarantine.MapPost("/{edgeId:guid}/{epoch:long}/{sequence:long}/replay", ReplayAsync);
        quarantine.MapPost("/{edgeId:guid}/{epoch:long}/{sequence:long}/discard", DiscardAsync);
    }

    private static async Task<Results<Ok<Page<QuarantineResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page, BillingDbContext database, CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
        {
            return problem;
        }

        // What is oldest waits longest: an offset is enough for what is hardly ever more than a page.
        var skipped = 0;
        if (after is not null && (!int.TryParse(after, out skipped) || skipped < 0))
        {
            return AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");
        }

        var rows = await database.QuarantinedUsage.AsNoTracking()
            .OrderBy(row => row.QuarantinedAt).ThenBy(row => row.EdgeId).ThenBy(row => row.Sequence)
            .Skip(skipped).Take(page.Size + 1).ToListAsync(cancellationToken);
        var next = rows.Count > page.Size ? PageQuery.CursorOf($"{skipped + page.Size}") : null;
        return TypedResults.Ok(
            new Page<QuarantineResponse>([.. rows.Take(page.Size).Select(QuarantineResponse.From)], next));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReplayAsync(
        Guid edgeId,
        long epoch,
        long sequence,
        ReplayRequest request,
        HttpContext context,
        BillingDbContext database,
        QuarantineDesk desk,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(database, edgeId, epoch, sequence, cancellationToken) is not { } kept)
        {
            return NotFound();
        }

        return await desk.ReplayAsync(
            kept, request.Event, request.Reason, ActingPerson.Of(context), cancellationToken) is { } fault
            ? AdminProblem.Conflict("still_unbillable", fault)
            : TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DiscardAsync(
        Guid edgeId,
        long epoch,
        long sequence,
        ReasonRequest request,
        HttpContext context,
        BillingDbContext database,
        QuarantineDesk desk,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(database, edgeId, epoch, sequence, cancellationToken) is not { } kept)
        {
            return NotFound();
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return AdminProblem.Invalid("reason_missing", "reason says why this event is to be on no bill.");
        }

        await desk.DiscardAsync(kept, request.Reason, ActingPerson.Of(context), cancellationToken);
        return TypedResults.NoContent();
    }

    private static Task<QuarantinedUsage?> FindAsync(
        BillingDbContext database, Guid edgeId, long epoch, long sequence, CancellationToken cancellationToken) =>
        database.QuarantinedUsage.AsNoTracking().SingleOrDefaultAsync(
            row => row.EdgeId == edgeId && row.Epoch == epoch && row.Sequence == sequence, cancellationToken);

    private static ProblemHttpResult NotFound() =>
        AdminProblem.NotFound("not_in_quarantine", "Nothing of this place in a spool is in quarantine.");
}
