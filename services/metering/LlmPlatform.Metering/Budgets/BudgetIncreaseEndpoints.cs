using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// <c>/admin/v1/budgets/{name}/increases</c>: who may see a budget may ask for more of it for a while; another person
/// of the platform's team approves. Of budgets of the file too: the file says what holds without them.
/// </summary>
internal static class BudgetIncreaseEndpoints
{
    // Each makes every look at the budget a little longer; who needs more than this raises the limit.
    private const int OpenMax = 20;

    public static void MapBudgetIncreases(this RouteGroupBuilder admin)
    {
        const string Path = "/budgets/{name}/increases";
        admin.MapGet(Path, ListAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        admin.MapPost(Path, AskAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapPost(Path + "/{id:guid}/approve", ApproveAsync);
        admin.MapDelete(Path + "/{id:guid}", WithdrawAsync);
    }

    private static async Task<Results<Ok<Page<BudgetIncreaseResponse>>, ProblemHttpResult>> ListAsync(
        string name,
        [AsParameters] PageQuery page,
        AdminOperator who,
        MeteringDbContext database,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
            return problem;
        if (await FindAsync(database, name, cancellationToken) is not { } budget)
            return NotFound(name);
        if (!who.SeesScope(budget.Scope))
            return who.OtherTenant();
        var now = clock.GetUtcNow();
        var cut = page.Cut(budget.Increases, increase => increase.Id.ToString("N"), after);
        return TypedResults.Ok(new Page<BudgetIncreaseResponse>(
            [.. cut.Items.Select(increase => BudgetIncreaseResponse.Of(budget, increase, now))], cut.NextCursor));
    }

    private static Task<Results<Created<BudgetIncreaseResponse>, ProblemHttpResult>> AskAsync(
        string name,
        BudgetIncreaseRequest request,
        HttpContext http,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<Created<BudgetIncreaseResponse>, ProblemHttpResult>>(
            async () =>
            {
                var now = clock.GetUtcNow();
                if (await FindAsync(database, name, cancellationToken) is not { } budget)
                    return NotFound(name);
                if (!who.SeesScope(budget.Scope))
                    return who.OtherTenant();
                if (request.Fault(budget, now) is { } fault)
                    return fault;
                if (budget.Increases.Count(known => known.IsOpenAt(now)) >= OpenMax)
                    return AdminProblem.Conflict(
                        "too_many_increases",
                        $"The budget '{name}' has {OpenMax} increases asked for or in force: withdraw one first.");

                var increase = new BudgetIncrease
                {
                    Id = Guid.CreateVersion7(now),
                    BudgetId = budget.Id,
                    Amount = request.Amount,
                    Until = request.Until!.Value.ToUniversalTime(),
                    Reason = request.Reason!,
                    AskedBy = ActingPerson.Of(http),
                    AskedAt = now,
                };
                database.Increases.Add(increase);
                Note(book, budget, increase, increase.AskedBy, "asked");
                return TypedResults.Created(
                    $"/admin/v1/budgets/{name}/increases/{increase.Id}",
                    BudgetIncreaseResponse.Of(budget, increase, now));
            },
            cancellationToken);

    private static Task<Results<Ok<BudgetIncreaseResponse>, ProblemHttpResult>> ApproveAsync(
        string name,
        Guid id,
        HttpContext http,
        MeteringDbContext database,
        LimitsBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<Ok<BudgetIncreaseResponse>, ProblemHttpResult>>(
            async () =>
            {
                var (now, person) = (clock.GetUtcNow(), ActingPerson.Of(http));
                var budget = await FindAsync(database, name, cancellationToken);
                if (budget?.Increases.Find(known => known.Id == id) is not { } increase)
                    return NotFound(name, id);
                if (increase.StateAt(now) != BudgetIncreaseState.Asked)
                    return AdminProblem.Conflict(
                        "increase_decided", $"This increase is {EnumText.Of(increase.StateAt(now))} already.");
                if (increase.AskedBy == person)
                    return AdminProblem.Conflict(
                        "same_person",
                        $"{person} asked for this, so another person has to approve it: use a key of one's own, or the "
                        + $"master key with one's name in {ActingPerson.Header}.");

                budget.Approve(increase, person, now);
                Note(book, budget, increase, person, "approved");
                return TypedResults.Ok(BudgetIncreaseResponse.Of(budget, increase, now));
            },
            cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        string name,
        Guid id,
        HttpContext http,
        MeteringDbContext database,
        LimitsBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<NoContent, ProblemHttpResult>>(
            async () =>
            {
                var now = clock.GetUtcNow();
                var budget = await FindAsync(database, name, cancellationToken);
                if (budget?.Increases.Find(known => known.Id == id) is not { } increase)
                    return NotFound(name, id);
                if (increase.IsOpenAt(now))
                {
                    budget.Withdraw(increase, now);
                    Note(book, budget, increase, ActingPerson.Of(http), "withdrawn");
                }

                return TypedResults.NoContent();
            },
            cancellationToken);

    private static void Note(LimitsBook book, Budget budget, BudgetIncrease increase, string person, string what)
    {
        var amount = budget.UsdOf(increase.Amount) is { } usd
            ? FormattableString.Invariant($"{usd} USD")
            : FormattableString.Invariant($"{increase.Amount} tokens");
        book.Note(
            person,
            $"budget.increase_{what}",
            $"budget:{budget.Name}",
            FormattableString.Invariant($"{amount} more until {increase.EndsAt:O}, asked by {increase.AskedBy}: ")
                + increase.Reason,
            budget.Scope);
    }

    private static Task<Budget?> FindAsync(
        MeteringDbContext database, string name, CancellationToken cancellationToken) =>
        database.Budgets.FirstOrDefaultAsync(
            budget => budget.Name == name && budget.RetiredAt == null, cancellationToken);

    private static ProblemHttpResult NotFound(string name) =>
        AdminProblem.NotFound("budget_not_found", $"There is no budget named '{name}'.");

    private static ProblemHttpResult NotFound(string name, Guid id) =>
        AdminProblem.NotFound("increase_not_found", $"The budget '{name}' has no increase '{id}'.");
}
