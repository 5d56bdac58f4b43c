using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary><c>/admin/v1/users</c>: who keys belong to.</summary>
internal static class UserEndpoints
{
    private const int MaxEmailLength = 320;

    public static void MapUsers(this RouteGroupBuilder admin)
    {
        admin.MapGet("/users", ListAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapPost("/users", CreateAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapGet("/users/{tenant}/{name}", GetAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapPatch("/users/{tenant}/{name}", UpdateAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapPost("/users/{tenant}/{name}/deactivate", DeactivateAsync).OpenTo(KeyRole.TenantAdmin);
        admin.MapPost("/users/{tenant}/{name}/activate", ActivateAsync).OpenTo(KeyRole.TenantAdmin);
    }

    private static async Task<Results<Ok<Page<UserResponse>>, ProblemHttpResult>> ListAsync(
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

        var users = await database.Users.AsNoTracking()
            .Where(user => tenant == null || user.Tenant == tenant)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Cut(users.Select(UserResponse.Of), user => $"{user.Tenant}/{user.Name}", after));
    }

    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> CreateAsync(
        CreateUserRequest request,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!who.TryNarrow(request.Tenant, out var tenant, out var problem))
        {
            return problem;
        }

        if ((TenantEndpoints.FaultOfName(request.Name) ?? FaultOfEmail(request.Email)) is { } fault)
        {
            return fault;
        }

        return (await book.WriteAsync<Results<Created<UserResponse>, ProblemHttpResult>>(
            async () =>
            {
                if (!await database.Tenants.AnyAsync(known => known.Name == tenant, cancellationToken))
                {
                    return AdminProblem.Invalid("tenant_not_found", $"There is no tenant '{tenant}'.");
                }

                if (await database.Users.AnyAsync(
                    known => known.Tenant == tenant && known.Name == request.Name, cancellationToken))
                {
                    return AdminProblem.Conflict("user_exists", $"The user '{request.Name}' exists already.");
                }

                var user = new PlatformUser
                {
                    Tenant = tenant!,
                    Name = request.Name!,
                    Email = request.Email,
                    Source = DeclaredBy.Api,
                    CreatedAt = clock.GetUtcNow(),
                };
                database.Users.Add(user);
                book.Note(who, "user.created", $"user:{user.Tenant}/{user.Name}", "", user.Tenant);
                return TypedResults.Created($"/admin/v1/users/{user.Tenant}/{user.Name}", UserResponse.Of(user));
            },
            cancellationToken)).Answer;
    }

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetAsync(
        string tenant,
        string name,
        AdminOperator who,
        EdgeDbContext database,
        CancellationToken cancellationToken) =>
        !who.Sees(tenant) ? who.OtherTenant()
        : await FindAsync(database, tenant, name, cancellationToken) is { } user
            ? TypedResults.Ok(UserResponse.Of(user))
        : NotFound(tenant, name);

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> UpdateAsync(
        string tenant,
        string name,
        UpdateUserRequest request,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        CancellationToken cancellationToken) =>
        ChangeAsync(tenant, name, who, database, book, user =>
        {
            if (FaultOfEmail(request.Email) is { } fault)
            {
                return fault;
            }

            var email = request.Email is null ? user.Email : request.Email.Length == 0 ? null : request.Email;
            if (email != user.Email)
            {
                user.Email = email;
                book.Note(who, "user.changed", $"user:{tenant}/{name}", "its e-mail address", tenant);
            }

            return null;
        }, cancellationToken);

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> DeactivateAsync(
        string tenant,
        string name,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        ChangeAsync(tenant, name, who, database, book, user =>
        {
            if (user.DeactivatedAt is null)
            {
                user.DeactivatedAt = clock.GetUtcNow();
                book.NoteWithdrawn(user.Keys.SelectMany(key => key.Withdrawn(null)));
                book.Note(
                    who, "user.deactivated", $"user:{tenant}/{name}", $"{user.Keys.Count} keys open nothing", tenant);
            }

            return null;
        }, cancellationToken);

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> ActivateAsync(
        string tenant,
        string name,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        CancellationToken cancellationToken) =>
        ChangeAsync(tenant, name, who, database, book, user =>
        {
            if (user.DeactivatedAt is not null)
            {
                user.DeactivatedAt = null;
                book.Note(who, "user.activated", $"user:{tenant}/{name}", "", tenant);
            }

            return null;
        }, cancellationToken);

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> ChangeAsync(
        string tenant,
        string name,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        Func<PlatformUser, ProblemHttpResult?> change,
        CancellationToken cancellationToken) =>
        !who.Sees(tenant) ? who.OtherTenant()
        : (await book.WriteAsync<Results<Ok<UserResponse>, ProblemHttpResult>>(
            async () =>
            {
                if (await FindAsync(database, tenant, name, cancellationToken) is not { } user)
                {
                    return NotFound(tenant, name);
                }

                // Nobody pauses who has a role they could not have given.
                if (user.Keys.FirstOrDefault(key => !who.MayGive(key.Role)) is { } above)
                {
                    return KeyBook.RoleAbove(who, above);
                }

                return change(user) is { } problem ? problem : TypedResults.Ok(UserResponse.Of(user));
            },
            cancellationToken)).Answer;

    private static Task<PlatformUser?> FindAsync(
        EdgeDbContext database, string tenant, string name, CancellationToken cancellationToken) =>
        database.Users.Include(user => user.Keys).ThenInclude(key => key.Secrets)
            .FirstOrDefaultAsync(user => user.Tenant == tenant && user.Name == name, cancellationToken);

    private static ProblemHttpResult? FaultOfEmail(string? email) =>
        email is null or "" || (email.Length <= MaxEmailLength && email.IndexOf('@', StringComparison.Ordinal) > 0
            && !email.Any(char.IsWhiteSpace))
            ? null
            : AdminProblem.Invalid("invalid_email", "'email' is an address such as ann@example.com.");

    private static ProblemHttpResult NotFound(string tenant, string name) =>
        AdminProblem.NotFound("user_not_found", $"The tenant '{tenant}' has no user '{name}'.");

    internal sealed record CreateUserRequest(string? Tenant, string? Name, string? Email);

    internal sealed record UpdateUserRequest(string? Email);

    internal sealed record UserResponse(
        string Tenant, string Name, string? Email, string State, DateTimeOffset CreatedAt, string Source)
    {
        public static UserResponse Of(PlatformUser user) => new(
            user.Tenant,
            user.Name,
            user.Email,
            user.DeactivatedAt is null ? "active" : "inactive",
            user.CreatedAt,
            user.Source);
    }
}
