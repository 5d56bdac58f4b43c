using LlmPlatform.Billing.Proposals;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// The steps of a month: <c>POST /admin/v1/bills/close</c>, <c>/approve</c> and <c>/issue</c> with
/// <c>{"period", "tenant"?}</c>, or <c>POST /bills/{id}/approve</c> and so on for one bill. <c>/waive</c> answers for a
/// gate; <c>/void</c> and <c>/credit</c> propose what a second person approves.
/// </summary>
internal static class BillStepEndpoints
{
    private const int MaxReason = 2000;

    public static void Map(RouteGroupBuilder admin)
    {
        var bills = admin.MapGroup("/bills").OpenTo(KeyRole.Finance);
        bills.MapPost("/close", CloseAsync);
        bills.MapPost("/approve", (BillScopeRequest scope, HttpContext context, BillDesk desk,
            BillingDbContext database, CancellationToken cancellationToken) =>
            AllAsync(scope, BillStates.Review, context, database, desk.ApproveAsync, cancellationToken));
        bills.MapPost("/issue", (BillScopeRequest scope, HttpContext context, BillDesk desk,
            BillingDbContext database, CancellationToken cancellationToken) =>
            AllAsync(scope, BillStates.Approved, context, database, desk.IssueAsync, cancellationToken));
        bills.MapPost("/{id}/approve", (string id, HttpContext context, BillDesk desk,
            CancellationToken cancellationToken) => OneAsync(id, context, desk.ApproveAsync, cancellationToken));
        bills.MapPost("/{id}/issue", (string id, HttpContext context, BillDesk desk,
            CancellationToken cancellationToken) => OneAsync(id, context, desk.IssueAsync, cancellationToken));
        bills.MapPost("/{id}/waive", WaiveAsync);
        bills.MapPost("/{id}/void", VoidAsync);
        bills.MapPost("/{id}/credit", CreditAsync);
    }

    private static async Task<Results<Ok<BillStepResponse>, ProblemHttpResult>> CloseAsync(
        BillScopeRequest scope,
        HttpContext context,
        BillDesk desk,
        BillReckoner reckoner,
        CancellationToken cancellationToken)
    {
        if (!BillPeriod.TryParse(scope.Period, "UTC", out _))
        {
            return BillEndpoints.BadPeriod();
        }

        var tenants = scope.Tenant is { } one
            ? [one]
            : await reckoner.TenantsAsync(scope.Period, cancellationToken);
        return await EachAsync(
            tenants,
            tenant => BillId.Of(tenant, scope.Period),
            tenant => desk.CloseAsync(tenant, scope.Period, ActingPerson.Of(context), cancellationToken));
    }

    private static async Task<Results<Ok<BillStepResponse>, ProblemHttpResult>> AllAsync(
        BillScopeRequest scope,
        string state,
        HttpContext context,
        BillingDbContext database,
        Func<string, string, CancellationToken, Task<Bill>> step,
        CancellationToken cancellationToken)
    {
        if (!BillPeriod.TryParse(scope.Period, "UTC", out _))
        {
            return BillEndpoints.BadPeriod();
        }

        var ids = await database.Bills.AsNoTracking()
            .Where(row => row.Period == scope.Period && row.State == state)
            .Where(row => scope.Tenant == null || row.Tenant == scope.Tenant)
            .OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellationToken);
        var person = ActingPerson.Of(context);
        return await EachAsync(ids, id => id, async id => await step(id, person, cancellationToken));
    }

    // Each bill is a step of its own: one that is refused leaves the others done, and is named.
    private static async Task<Ok<BillStepResponse>> EachAsync(
        IReadOnlyList<string> subjects, Func<string, string> idOf, Func<string, Task<Bill?>> step)
    {
        var done = new List<BillSummary>();
        var refused = new List<BillRefusal>();
        foreach (var subject in subjects)
        {
            try
            {
                if (await step(subject) is { } bill)
                {
                    done.Add(bill);
                }
            }
            catch (BillRefusedException refusal)
            {
                refused.Add(new BillRefusal(idOf(subject), refusal.Code, refusal.Message));
            }
        }

        return TypedResults.Ok(new BillStepResponse(done, refused));
    }

    private static async Task<Results<Ok<Bill>, ProblemHttpResult>> OneAsync(
        string id,
        HttpContext context,
        Func<string, string, CancellationToken, Task<Bill>> step,
        CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await step(id, ActingPerson.Of(context), cancellationToken));
        }
        catch (BillRefusedException refusal)
        {
            return refusal.Code == "bill_not_found"
                ? AdminProblem.NotFound(refusal.Code, refusal.Message)
                : AdminProblem.Conflict(refusal.Code, refusal.Message);
        }
    }

    private static async Task<Results<Ok<Bill>, ProblemHttpResult>> WaiveAsync(
        string id, WaiveRequest request, HttpContext context, BillDesk desk, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReason)
        {
            return AdminProblem.Invalid("reason_missing", "reason says, in up to 2,000 letters, why it may go on.");
        }

        return await OneAsync(
            id,
            context,
            (bill, person, token) => desk.WaiveAsync(bill, request.Gate, request.Reason, person, token),
            cancellationToken);
    }

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> VoidAsync(
        string id,
        ReasonRequest request,
        HttpContext context,
        BillingDbContext database,
        ProposalDesk desk,
        CancellationToken cancellationToken)
    {
        var row = await database.Bills.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (row is null)
        {
            return BillEndpoints.NotFound(id);
        }

        return row.State != BillStates.Issued
            ? AdminProblem.Conflict("wrong_state", $"{id} is {row.State}; only an issued bill is voided.")
            : Accepted(await desk.ProposeAsync(
                BillVoids.Kind,
                id,
                request.Reason,
                ActingPerson.Of(context),
                id,
                new { row.Number },
                cancellationToken));
    }

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> CreditAsync(
        string id,
        CreditRequest request,
        HttpContext context,
        BillingDbContext database,
        ProposalDesk desk,
        CancellationToken cancellationToken)
    {
        var row = await database.Bills.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (row is null)
        {
            return BillEndpoints.NotFound(id);
        }

        var bill = BillDocument.Read(row.Document);
        if (row.State != BillStates.Issued)
        {
            return AdminProblem.Conflict("wrong_state", $"{id} is {row.State}; only an issued bill is credited.");
        }

        if (request.Amount <= 0 || request.Amount != Currencies.Payable(request.Amount, bill.Currency))
        {
            return AdminProblem.Invalid("invalid_amount", $"amount is above 0 and whole coins of {bill.Currency}.");
        }

        return Accepted(await desk.ProposeAsync(
            CreditNotes.Kind,
            id,
            request.Reason,
            ActingPerson.Of(context),
            new ProposedCredit(id, request.Amount),
            new { row.Number, bill.Payable, bill.Currency, Credit = request.Amount },
            cancellationToken));
    }

    private static Accepted<ProposalResponse> Accepted(Proposal proposal) =>
        TypedResults.Accepted($"/admin/v1/proposals/{proposal.Id}", ProposalResponse.From(proposal));
}
