using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Quota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary><c>/admin/v1/keys</c>.</summary>
internal static class KeyEndpoints
{
    private const int MaxNameLength = 200;

    public static void MapKeys(this RouteGroupBuilder admin)
    {
        admin.MapGet("/keys", ListAsync);
        admin.MapPost("/keys", CreateAsync);
        admin.MapGet("/keys/{id}", GetAsync);
        admin.MapPost("/keys/{id}/revoke", RevokeAsync);
        admin.MapPost("/keys/{id}/activate", ActivateAsync);
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
        KeyRingFeed keys,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await FaultOfAsync(request, database, cancellationToken) is { } fault)
        {
            return fault;
        }

        var secret = VirtualKeySecret.Create();
        var key = new VirtualKey
        {
            Id = VirtualKeySecret.CreateId(),
            Name = request.Name!,
            Tenant = request.Tenant!,
            Team = request.Team,
            User = request.User,
            SecretHash = KeyRing.HashOf(secret),
            SecretPrefix = VirtualKeySecret.PrefixOf(secret),
            Models = [.. request.Models ?? ["*"]],
            Metadata = new Dictionary<string, string>(request.Metadata ?? new Dictionary<string, string>()),
            ExpiresAt = DurationText.TryParse(request.Expires, out var length) ? now + length : null,
            Source = DeclaredBy.Api,
            CreatedAt = now,
        };
        database.Keys.Add(key);
        book.Note(
            http.Actor(), "key.created", $"key:{key.Name}",
            $"tenant {key.Tenant}, models {string.Join(' ', key.Models)}");
        try
        {
            await book.SaveAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            return AdminProblem.Conflict("key_exists", $"A key named '{request.Name}' exists already.");
        }

        keys.Announce();
        return TypedResults.Created($"/admin/v1/keys/{key.Id}", KeyResponse.Of(key, now, secret));
    }

    private static async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> GetAsync(
        string id, EdgeDbContext database, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(database, id, cancellationToken) is { } key
            ? TypedResults.Ok(KeyResponse.Of(key, clock.GetUtcNow()))
            : NotFound(id);

    private static Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RevokeAsync(
        string id,
        HttpContext http,
        EdgeDbContext database,
        IdentityBook book,
        KeyRingFeed keys,
        HoldLedger holds,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        SetRevokedAsync(id, http, database, book, keys, clock, revoke: true, holds.RevokeKeyAsync, cancellationToken);

    private static Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ActivateAsync(
        string id,
        HttpContext http,
        EdgeDbContext database,
        IdentityBook book,
        KeyRingFeed keys,
        HoldLedger holds,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        SetRevokedAsync(
            id, http, database, book, keys, clock, revoke: false, holds.ReinstateKeyAsync, cancellationToken);

    // Redis first: the admission script sees it at once on every edge, also with the bus away. Should the database then
    // refuse, the key is refused until someone asks again, which is the safe side of a revocation. It is marked again
    // when nothing changes: the mark before may not have reached Redis.
    private static async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> SetRevokedAsync(
        string id,
        HttpContext http,
        EdgeDbContext database,
        IdentityBook book,
        KeyRingFeed keys,
        TimeProvider clock,
        bool revoke,
        Func<string, CancellationToken, ValueTask> mark,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(database, id, cancellationToken) is not { } key)
        {
            return NotFound(id);
        }

        if (key.Source == DeclaredBy.File)
        {
            return AdminProblem.Conflict(
                "declared_in_file", $"The key '{key.Name}' is declared in the configuration file: change it there.");
        }

        try
        {
            await mark(key.Id, cancellationToken);
        }
        catch (QuotaUnavailableException) when (revoke)
        {
            // The edges still learn it from the database, by announcement or at their next look.
        }
        catch (QuotaUnavailableException)
        {
            return AdminProblem.Unavailable(
                "quota_unavailable",
                "The mark of the revocation in Redis cannot be removed right now. Try again shortly.");
        }

        if (revoke != key.RevokedAt is not null)
        {
            key.RevokedAt = revoke ? clock.GetUtcNow() : null;
            book.Note(
                http.Actor(), revoke ? "key.revoked" : "key.activated", $"key:{key.Name}", $"tenant {key.Tenant}");
            await book.SaveAsync(cancellationToken);
            keys.Announce();
        }

        return TypedResults.Ok(KeyResponse.Of(key, clock.GetUtcNow()));
    }

    private static async Task<ProblemHttpResult?> FaultOfAsync(
        CreateKeyRequest request, EdgeDbContext database, CancellationToken cancellationToken)
    {
        if (request.Name is not { Length: > 0 and <= MaxNameLength } name || name.Any(char.IsWhiteSpace))
        {
            return AdminProblem.Invalid(
                "invalid_name", $"'name' must be 1 to {MaxNameLength} characters without spaces.");
        }

        if (request.User is { Length: > MaxNameLength })
        {
            return AdminProblem.Invalid("invalid_user", $"'user' is at most {MaxNameLength} characters.");
        }

        if (request.Models?.Any(string.IsNullOrEmpty) is true)
        {
            return AdminProblem.Invalid(
                "invalid_models", "'models' lists names or patterns such as gpt-4o*; one is empty.");
        }

        if (request.Expires is not null && !DurationText.TryParse(request.Expires, out _))
        {
            return AdminProblem.Invalid("invalid_expires", "'expires' must be a length such as 12h or 30d.");
        }

        if (!await database.Tenants.AnyAsync(tenant => tenant.Name == request.Tenant, cancellationToken))
        {
            return AdminProblem.Invalid("tenant_not_found", $"There is no tenant '{request.Tenant}'.");
        }

        return request.Team is null || await database.Teams.AnyAsync(
            team => team.Tenant == request.Tenant && team.Name == request.Team, cancellationToken)
            ? null
            : AdminProblem.Invalid("team_not_found", $"The tenant '{request.Tenant}' has no team '{request.Team}'.");
    }

    private static Task<VirtualKey?> FindAsync(
        EdgeDbContext database, string id, CancellationToken cancellationToken) =>
        database.Keys.FirstOrDefaultAsync(key => key.Id == id || key.Name == id, cancellationToken);

    private static ProblemHttpResult NotFound(string id) =>
        AdminProblem.NotFound("key_not_found", $"There is no key with the id or name '{id}'.");
}
