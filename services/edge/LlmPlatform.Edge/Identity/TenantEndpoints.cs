using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary><c>/admin/v1/tenants</c> and <c>/admin/v1/teams</c>.</summary>
internal static class TenantEndpoints
{
    private const int MaxNameLength = 200;

    public static void MapTenants(this RouteGroupBuilder admin)
    {
        admin.MapGet("/tenants", ListTenantsAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        admin.MapPost("/tenants", CreateTenantAsync);
        admin.MapGet("/teams", ListTeamsAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
        admin.MapPost("/teams", CreateTeamAsync).OpenTo(KeyRole.TenantAdmin);
    }

    private static async Task<Results<Ok<Page<TenantResponse>>, ProblemHttpResult>> ListTenantsAsync(
        [AsParameters] PageQuery page,
        AdminOperator who,
        EdgeDbContext database,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
        {
            return problem;
        }

        var tenants = await database.Tenants.AsNoTracking()
            .Where(tenant => who.Tenant == null || tenant.Name == who.Tenant)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Cut(tenants.Select(TenantResponse.Of), tenant => tenant.Name, after));
    }

    private static async Task<Results<Created<TenantResponse>, ProblemHttpResult>> CreateTenantAsync(
        CreateTenantRequest request,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (FaultOfName(request.Name) is { } fault)
        {
            return fault;
        }

        if (request.Tier is { Length: > MaxNameLength })
        {
            return AdminProblem.Invalid("invalid_tier", $"'tier' is at most {MaxNameLength} characters.");
        }

        var tenant = new Tenant
        {
            Name = request.Name!,
            Tier = request.Tier,
            Source = DeclaredBy.Api,
            CreatedAt = clock.GetUtcNow(),
        };
        return await WrittenAsync(book, () =>
        {
            database.Tenants.Add(tenant);
            book.Note(
                who, "tenant.created", $"tenant:{tenant.Name}", $"tier {tenant.Tier ?? "none"}", tenant.Name);
        }, cancellationToken)
            ? TypedResults.Created($"/admin/v1/tenants/{tenant.Name}", TenantResponse.Of(tenant))
            : AdminProblem.Conflict("tenant_exists", $"A tenant named '{request.Name}' exists already.");
    }

    private static async Task<Results<Ok<Page<TeamResponse>>, ProblemHttpResult>> ListTeamsAsync(
        [AsParameters] PageQuery page,
        string? tenant,
        AdminOperator who,
        EdgeDbContext database,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem) || !who.TryNarrow(tenant, out tenant, out problem))
        {
            return problem;
        }

        var teams = await database.Teams.AsNoTracking()
            .Where(team => tenant == null || team.Tenant == tenant)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Cut(teams.Select(TeamResponse.Of), team => $"{team.Tenant}/{team.Name}", after));
    }

    private static async Task<Results<Created<TeamResponse>, ProblemHttpResult>> CreateTeamAsync(
        CreateTeamRequest request,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        CancellationToken cancellationToken)
    {
        if (!who.TryNarrow(request.Tenant, out var tenant, out var problem))
        {
            return problem;
        }

        if (FaultOfName(request.Name) is { } fault)
        {
            return fault;
        }

        if (request.CostCenter is { Length: > MaxNameLength })
        {
            return AdminProblem.Invalid("invalid_cost_center", $"'cost_center' is at most {MaxNameLength} characters.");
        }

        if (!await database.Tenants.AnyAsync(known => known.Name == tenant, cancellationToken))
        {
            return AdminProblem.Invalid("tenant_not_found", $"There is no tenant '{tenant}'.");
        }

        var team = new Team
        {
            Tenant = tenant!,
            Name = request.Name!,
            CostCenter = request.CostCenter,
            Source = DeclaredBy.Api,
        };
        return await WrittenAsync(book, () =>
        {
            database.Teams.Add(team);
            book.Note(
                who, "team.created", $"team:{team.Tenant}/{team.Name}",
                $"cost centre {team.CostCenter ?? "none"}", team.Tenant);
        }, cancellationToken)
            ? TypedResults.Created($"/admin/v1/teams?tenant={team.Tenant}", TeamResponse.Of(team))
            : AdminProblem.Conflict("team_exists", $"The team '{request.Name}' exists already.");
    }

    private static async Task<bool> WrittenAsync(
        IdentityBook book, Action change, CancellationToken cancellationToken)
    {
        try
        {
            await book.WriteAsync(
                () =>
                {
                    change();
                    return Task.FromResult(true);
                },
                cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with the name of a tenant, a team or a user.</summary>
    public static ProblemHttpResult? FaultOfName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength }
        && !name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter == '/')
            ? null
            : AdminProblem.Invalid(
                "invalid_name", $"'name' must be 1 to {MaxNameLength} characters without spaces and slashes.");

    internal sealed record CreateTenantRequest(string? Name, string? Tier);

    internal sealed record CreateTeamRequest(string? Tenant, string? Name, string? CostCenter);

    internal sealed record TenantResponse(string Name, string? Tier, DateTimeOffset CreatedAt, string Source)
    {
        public static TenantResponse Of(Tenant tenant) =>
            new(tenant.Name, tenant.Tier, tenant.CreatedAt, tenant.Source);
    }

    internal sealed record TeamResponse(string Tenant, string Name, string? CostCenter, string Source)
    {
        public static TeamResponse Of(Team team) => new(team.Tenant, team.Name, team.CostCenter, team.Source);
    }
}
