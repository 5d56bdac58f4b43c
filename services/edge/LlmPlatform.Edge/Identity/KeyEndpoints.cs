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
        admin.MapGet("/keys", ListAsync);
        admin.MapPost("/keys", CreateAsync);
        admin.MapGet("/keys/{id}", GetAsync);
        admin.MapPatch("/keys/{id}", (
            string id, UpdateKeyRequest request, HttpContext http, KeyBook keys, CancellationToken cancellationToken) =>
            keys.UpdateAsync(id, request, http.Actor(), cancellationToken));
        admin.MapPost("/keys/{id}/rotate", RotateAsync);
        admin.MapPost("/keys/{id}/revoke", (
            string id, HttpContext http, KeyBook keys, CancellationToken cancellationToken) =>
            keys.RevokeAsync(id, http.Actor(), cancellationToken));
        admin.MapPost("/keys/{id}/deactivate", (
            string id, HttpContext http, KeyBook keys, CancellationToken cancellationToken) =>
            keys.DeactivateAsync(id, http.Actor(), cancellationToken));
        admin.MapPost("/keys/{id}/activate", (
            string id, HttpContext http, KeyBook keys, CancellationToken cancellationToken) =>
            keys.ActivateAsync(id, http.Actor(), cancellationToken));
    }

    private static async Task<Results<Ok<Page<KeyResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        string? tenant,
        EdgeDbContext database,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
        {
            return problem;
        }

        var keys = await database.Keys.AsNoTracking()
            .Include(key => key.Secrets)
            .Where(key => tenant == null || key.Tenant == tenant)
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(page.Cut(keys.Select(key => KeyResponse.Of(key, now)), key => key.Name, after));
    }

    private static async Task<Results<Created<KeyResponse>, ProblemHttpResult>> CreateAsync(
        CreateKeyRequest request,
        HttpContext http,
        EdgeDbContext database,
        IdentityBook book,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await request.FaultAsync(database, now, cancellationToken) is { } fault)
        {
            return fault;
        }

        var (key, secret) = request.Make(now);
        try
        {
            await book.WriteAsync(
                () =>
                {
                    database.Keys.Add(key);
                    book.Note(http.Actor(), "key.created", $"key:{key.Name}", key.Describe());
                    return Task.FromResult(key);
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
        string id, KeyBook keys, TimeProvider clock, CancellationToken cancellationToken) =>
        await keys.FindAsync(id, cancellationToken) is { } key
            ? TypedResults.Ok(KeyResponse.Of(key, clock.GetUtcNow()))
            : KeyBook.NotFound(id);

    private static async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RotateAsync(
        string id, RotateKeyRequest? request, HttpContext http, KeyBook keys, CancellationToken cancellationToken)
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

        return await keys.RotateAsync(id, grace, http.Actor(), cancellationToken);
    }
}
