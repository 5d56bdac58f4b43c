using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Limits;

/// <summary><c>/admin/v1/limits</c>.</summary>
internal static class LimitEndpoints
{
    public static void MapLimits(this RouteGroupBuilder admin)
    {
        var limits = admin.MapGroup("/limits").OpenTo(KeyRole.TenantAdmin);
        limits.MapGet("", ListAsync);
        limits.MapPost("", CreateAsync);
        limits.MapGet("/{id}", GetAsync);
        limits.MapPut("/{id}", ReplaceAsync);
        limits.MapDelete("/{id}", DeleteAsync);
    }

    private static async Task<Results<Ok<Page<LimitResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        AdminOperator who,
        MeteringDbContext database,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
            return problem;
        var limits = await database.RateLimits.AsNoTracking().ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Cut(
            limits.Where(limit => who.SeesScope(limit.Scope)).Select(LimitResponse.Of), limit => limit.Id, after));
    }

    private static Task<Results<Created<LimitResponse>, ProblemHttpResult>> CreateAsync(
        LimitRequest request,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<Created<LimitResponse>, ProblemHttpResult>>(
            async () =>
            {
                if (request.Fault() is { } fault)
                    return fault;
                if (!who.SeesScope(request.Scope))
                    return who.OtherTenant();
                var id = RateLimit.IdOf(request.Scope!, request.EachText);
                if (await FindAsync(database, id, cancellationToken) is { } known)
                    return AdminProblem.Conflict(
                        "limit_exists", $"'{request.Scope}' is limited so already, by {known.Id}: change that one.");

                var limit = RateLimit.About(request.Scope!, request.EachText, clock.GetUtcNow());
                limit.Declare(request.Figures, DeclaredBy.Of(who), clock.GetUtcNow());
                database.RateLimits.Add(limit);
                book.Note(who.Actor, "limit.created", $"limit:{limit.Scope}", limit.Figures.Describe(), limit.Scope);
                return TypedResults.Created($"/admin/v1/limits/{limit.Id}", LimitResponse.Of(limit));
            },
            cancellationToken);

    private static async Task<Results<Ok<LimitResponse>, ProblemHttpResult>> GetAsync(
        string id, AdminOperator who, MeteringDbContext database, CancellationToken cancellationToken) =>
        await FindAsync(database, id, cancellationToken) is not { } limit ? NotFound(id)
        : who.SeesScope(limit.Scope) ? TypedResults.Ok(LimitResponse.Of(limit))
        : who.OtherTenant();

    private static Task<Results<Ok<LimitResponse>, ProblemHttpResult>> ReplaceAsync(
        string id,
        LimitRequest request,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<Ok<LimitResponse>, ProblemHttpResult>>(
            async () =>
            {
                if (await FindAsync(database, id, cancellationToken) is not { } limit)
                    return NotFound(id);
                if (DeclaredBy.Refuse(who, limit.Source, limit.Scope, $"The limit on '{limit.Scope}'") is { } refusal)
                    return refusal;

                // Scope and each are what a limit is called by; a body that leaves them out means those it has.
                var asked = request with
                {
                    Scope = request.Scope ?? limit.Scope,
                    Each = request.Each ?? (EnumText.TryParse<LimitEach>(limit.Each, out var each) ? each : null),
                };
                if (asked.Fault() is { } fault)
                    return fault;
                if (RateLimit.IdOf(asked.Scope, asked.EachText) != limit.Id)
                    return AdminProblem.Invalid(
                        "scope_is_fixed", "A limit keeps its 'scope' and 'each': delete it and create another.");

                if (limit.Declare(asked.Figures, DeclaredBy.Of(who), clock.GetUtcNow()))
                    book.Note(
                        who.Actor, "limit.changed", $"limit:{limit.Scope}", limit.Figures.Describe(), limit.Scope);
                return TypedResults.Ok(LimitResponse.Of(limit));
            },
            cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id,
        AdminOperator who,
        MeteringDbContext database,
        LimitsBook book,
        CancellationToken cancellationToken) =>
        book.WriteAsync<Results<NoContent, ProblemHttpResult>>(
            async () =>
            {
                if (await FindAsync(database, id, cancellationToken) is not { } limit)
                    return NotFound(id);
                if (DeclaredBy.Refuse(who, limit.Source, limit.Scope, $"The limit on '{limit.Scope}'") is { } refusal)
                    return refusal;
                database.RateLimits.Remove(limit);
                book.Note(who.Actor, "limit.deleted", $"limit:{limit.Scope}", limit.Figures.Describe(), limit.Scope);
                return TypedResults.NoContent();
            },
            cancellationToken);

    private static Task<RateLimit?> FindAsync(
        MeteringDbContext database, string id, CancellationToken cancellationToken) =>
        database.RateLimits.FirstOrDefaultAsync(limit => limit.Id == id, cancellationToken);

    private static ProblemHttpResult NotFound(string id) =>
        AdminProblem.NotFound("limit_not_found", $"There is no limit '{id}'.");
}
