using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Proposals;

/// <summary>
/// <c>GET /admin/v1/proposals?state=pending</c>, <c>/proposals/{id}</c>, and <c>POST …/approve</c> or <c>…/reject</c>.
/// </summary>
internal static class ProposalEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var proposals = admin.MapGroup("/proposals").OpenTo(KeyRole.Finance);
        proposals.MapGet("", ListAsync);
        proposals.MapGet("/{id:guid}", ReadAsync);
        proposals.MapPost("/{id:guid}/approve", ApproveAsync);
        proposals.MapPost("/{id:guid}/reject", RejectAsync);
    }

    private static async Task<Results<Ok<Page<ProposalResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page, string? state, BillingDbContext database, CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
        {
            return problem;
        }

        var last = Guid.Empty;
        if (after is not null && !Guid.TryParse(after, out last))
        {
            return AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");
        }

        var rows = await database.Proposals.AsNoTracking()
            .Where(row => state == null || row.State == state)
            .Where(row => row.Id > last)
            .OrderBy(row => row.Id)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        var shown = rows.Take(page.Size).ToList();
        var next = rows.Count > page.Size ? PageQuery.CursorOf(shown[^1].Id.ToString()) : null;
        return TypedResults.Ok(new Page<ProposalResponse>([.. shown.Select(ProposalResponse.From)], next));
    }

    private static async Task<Results<Ok<ProposalResponse>, ProblemHttpResult>> ReadAsync(
        Guid id, BillingDbContext database, CancellationToken cancellationToken) =>
        await database.Proposals.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken)
            is { } row ? TypedResults.Ok(ProposalResponse.From(row)) : NotFound(id);

    private static Task<Results<Ok<ProposalResponse>, ProblemHttpResult>> ApproveAsync(
        Guid id, ProposalDesk desk, HttpContext context, CancellationToken cancellationToken) =>
        DecideAsync(id, approve: true, desk, context, cancellationToken);

    private static Task<Results<Ok<ProposalResponse>, ProblemHttpResult>> RejectAsync(
        Guid id, ProposalDesk desk, HttpContext context, CancellationToken cancellationToken) =>
        DecideAsync(id, approve: false, desk, context, cancellationToken);

    private static async Task<Results<Ok<ProposalResponse>, ProblemHttpResult>> DecideAsync(
        Guid id, bool approve, ProposalDesk desk, HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await desk.DecideAsync(id, approve, ActingPerson.Of(context), cancellationToken) is { } decided
                ? TypedResults.Ok(ProposalResponse.From(decided))
                : NotFound(id);
        }
        catch (ProposalRefusedException refused)
        {
            return AdminProblem.Conflict(refused.Code, refused.Message);
        }
    }

    private static ProblemHttpResult NotFound(Guid id) =>
        AdminProblem.NotFound("proposal_not_found", $"There is no proposal '{id}'.");
}
