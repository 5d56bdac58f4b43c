using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary><c>/admin/v1/keys</c>.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this RouteGroupBuilder admin)
    {
        var keys = admin.MapGroup("/keys").OpenTo(KeyRole.TenantAdmin);
        keys.MapGet("", ListAsync);
        keys.MapPost("", CreateAsync);
        keys.MapGet("/{id}", GetAsync);
        keys.MapPatch("/{id}", (
            string id,
            UpdateKeyRequest request,
            AdminOperator who,
            KeyBook book,
            CancellationToken cancellationToken) =>
            book.UpdateAsync(id, request, who, cancellationToken));
        keys.MapPost("/{id}/rotate", RotateAsync);
        keys.MapPost("/{id}/revoke", (
            string id, AdminOperator who, KeyBook book, CancellationToken cancellationToken) =>
            book.RevokeAsync(id, who, cancellationToken));
        keys.MapPost("/{id}/deactivate", (
            string id, AdminOperator who, KeyBook book, CancellationToken cancellationToken) =>
            book.DeactivateAsync(id, who, cancellationToken));
        keys.MapPost("/{id}/activate", (
            string id, AdminOperator who, KeyBook book, CancellationToken cancellationToken) =>
            book.ActivateAsync(id, who, cancellationToken));
    }

    private static async Task<Results<Ok<Page<KeyResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        string? tenant,
        AdminOperator who,
        EdgeDbContext database,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem) || !who.TryNarrow(tenant, out tenant, out problem))
        {
            return problem;
        }

        var keys = await database.Keys.AsNoTracking()
            .Include(key => key.Secrets)
            .Include(key => key.Owner)
            .Where(key => tenant == null || key.Tenant == tenant)
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(page.Cut(keys.Select(key => KeyResponse.Of(key, now)), key => key.Name, after));
    }

    private static async Task<Results<Created<KeyResponse>, ProblemHttpResult>> CreateAsync(
        CreateKeyRequest request,
        AdminOperator who,
        EdgeDbContext database,
        IdentityBook book,
        KeyBook keys,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!who.TryNarrow(request.Tenant, out var tenant, out var problem))
        {
            return problem;
        }

        if (request.Role is { } role && !who.MayGive(role))
        {
            return KeyBook.RoleNotGiven(who, role);
        }

        request = request with { Tenant = tenant };
        if (await request.FaultAsync(database, now, cancellationToken) is { } fault)
        {
            return fault;
        }

        var (key, secret) = request.Make(now);
        try
        {
            await book.WriteAsync(
                async () =>
                {
                    await keys.EnsureUserAsync(key.Tenant, key.User, cancellationToken);
                    database.Keys.Add(key);
                    book.Note(who, "key.created", $"key:{key.Name}", key.Describe(), key.Tenant);
                    return key;
                },
                cancellationToken);
        }
        catch (DbUpdateException)
        {
            return AdminProblem.Conflict("key_exists", $"A key named '{request.Name}' exists already.");
        }

        return TypedResults.Created($"/admin/v1/keys/{key.Id}", KeyResponse.Of(key, now, secret));
    }

    private static async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> GetAsync(
        string id, AdminOperator who, KeyBook keys, TimeProvider clock, CancellationToken cancellationToken) =>
        await keys.FindAsync(id, cancellationToken) is not { } key ? KeyBook.NotFound(id)
        : who.Sees(key.Tenant) ? TypedResults.Ok(KeyResponse.Of(key, clock.GetUtcNow()))
        : who.OtherTenant();

    private static async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RotateAsync(
        string id, RotateKeyRequest? request, AdminOperator who, KeyBook keys, CancellationToken cancellationToken)
    {
        TimeSpan? grace = null;
        if (request?.Grace is { } text)
        {
            if (!DurationText.TryParse(text, out var length))
            {
                return AdminProblem.Invalid("invalid_grace", "'grace' must be a length such as 24h, or 0s for none.");
            }

            grace = length;
        }

        return await keys.RotateAsync(id, grace, who, cancellationToken);
    }
}
