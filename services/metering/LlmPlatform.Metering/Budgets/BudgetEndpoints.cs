using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Budgets;

/// <summary><c>/admin/v1/budgets</c>.</summary>
internal static class BudgetEndpoints
{
    public static void MapBudgets(this RouteGroupBuilder admin)
    {
        admin.MapGet("/budgets", ListAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        admin.MapPost("/budgets", CreateAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapGet("/budgets/{name}", GetAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        admin.MapPut("/budgets/{name}", ReplaceAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapDelete("/budgets/{name}", DeleteAsync).OpenTo(KeyRole.TenantAdmin);
    }

    private static async Task<Results<Ok<Page<BudgetResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        AdminOperator who,
        MeteringDbContext database,
        BudgetStatements statements,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
            return problem;
        var budgets = await database.Budgets.AsNoTracking()
            .Where(budget => budget.RetiredAt == null)
            .ToListAsync(cancellationToken);
        var cut = page.Cut(budgets.Where(budget => who.SeesScope(budget.Scope)), budget => budget.Name, after);
        return TypedResults.Ok(new Page<BudgetResponse>(
            await statements.OfAsync(cut.Items, cancellationToken), cut.NextCursor));
    }

    private static async Task<Results<Ok<BudgetResponse>, ProblemHttpResult>> GetAsync(
        string name,
        string? period,
        AdminOperator who,
        MeteringDbContext database,
        BudgetStatements statements,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(database, name, cancellationToken) is not { } budget)
            return NotFound(name);
        if (!who.SeesScope(budget.Scope))
            return who.OtherTenant();
        if (period is null)
            return TypedResults.Ok((await statements.OfAsync([budget], cancellationToken))[0]);
        return await statements.OfPeriodAsync(budget, period, cancellationToken) is { } statement
            ? TypedResults.Ok(statement)
            : AdminProblem.NotFound("period_not_found", $"The budget '{name}' has had no period '{period}'.");
    }

    private static async Task<Results<Created<BudgetResponse>, ProblemHttpResult>> CreateAsync(
        BudgetRequest request,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        BudgetStatements statements,
        IPlatformConfigurationSource configuration,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            return fault;
        if (!who.SeesScope(request.Scope))
            return who.OtherTenant();

        var created = await book.WriteAsync(
            async () =>
            {
                if (await FindAsync(database, request.Name!, cancellationToken) is not null)
                    return null;

                // One that was deleted goes on from the revision it had: its counters may still be there.
                var countsTokens = request.LimitTokens is not null;
                var id = Budget.IdOf(request.Name!, request.Scope!, countsTokens);
                var budget = await database.Budgets.FirstOrDefaultAsync(known => known.Id == id, cancellationToken)
                    ?? database.Budgets.Add(
                        Budget.Named(request.Name!, request.Scope!, countsTokens, clock.GetUtcNow())).Entity;
                budget.Declare(
                    request.Terms(configuration.Current.Server.TimeZone), DeclaredBy.Of(who), clock.GetUtcNow());
                book.Note(who.Actor, "budget.created", $"budget:{budget.Name}", budget.Terms.Describe(), budget.Scope);
                return budget;
            },
            cancellationToken);
        if (created is null)
            return AdminProblem.Conflict("budget_exists", $"A budget named '{request.Name}' exists already.");

        var statement = (await statements.OfAsync([created], cancellationToken))[0];
        return TypedResults.Created($"/admin/v1/budgets/{created.Name}", statement);
    }

    private static async Task<Results<Ok<BudgetResponse>, ProblemHttpResult>> ReplaceAsync(
        string name,
        BudgetRequest request,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        BudgetStatements statements,
        IPlatformConfigurationSource configuration,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (changed, problem) = await book.WriteAsync<(Budget?, ProblemHttpResult?)>(
            async () =>
            {
                if (await FindAsync(database, name, cancellationToken) is not { } budget)
                    return (null, NotFound(name));
                if (Refuse(who, budget) is { } refusal)
                    return (null, refusal);

                // Name and scope are what a budget is called by; a body that leaves them out means those it has.
                var asked = request with { Name = request.Name ?? name, Scope = request.Scope ?? budget.Scope };
                if (asked.Fault() is { } fault)
                    return (null, fault);
                if (asked.Name != name || asked.Scope != budget.Scope
                    || asked.LimitTokens is not null != budget.CountsTokens)
                    return (null, AdminProblem.Invalid(
                        "scope_is_fixed",
                        "A budget keeps its 'name', its 'scope' and what it counts, USD or tokens: "
                        + "delete it and create another."));

                var terms = asked.Terms(configuration.Current.Server.TimeZone);
                if (budget.Declare(terms, DeclaredBy.Of(who), clock.GetUtcNow()))
                    book.Note(who.Actor, "budget.changed", $"budget:{name}", terms.Describe(), budget.Scope);
                return (budget, null);
            },
            cancellationToken);
        if (changed is null)
            return problem!;
        return TypedResults.Ok((await statements.OfAsync([changed], cancellationToken))[0]);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<NoContent, ProblemHttpResult>>(
            async () =>
            {
                if (await FindAsync(database, name, cancellationToken) is not { } budget)
                    return NotFound(name);
                if (Refuse(who, budget) is { } refusal)
                    return refusal;
                budget.Retire(clock.GetUtcNow());
                book.Note(who.Actor, "budget.deleted", $"budget:{name}", budget.Terms.Describe(), budget.Scope);
                return TypedResults.NoContent();
            },
            cancellationToken);

    private static Task<Budget?> FindAsync(
        MeteringDbContext database, string name, CancellationToken cancellationToken) =>
        database.Budgets.FirstOrDefaultAsync(
            budget => budget.Name == name && budget.RetiredAt == null, cancellationToken);

    private static ProblemHttpResult NotFound(string name) =>
        AdminProblem.NotFound("budget_not_found", $"There is no budget named '{name}'.");

    private static ProblemHttpResult? Refuse(AdminOperator who, Budget budget) =>
        DeclaredBy.Refuse(who, budget.Source, budget.Scope, $"The budget '{budget.Name}'");
}
