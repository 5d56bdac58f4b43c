using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// What operators do to keys, one at a time. Each change takes effect on every edge at once, by way of
/// <see cref="IdentityBook"/>; asking for what is so already changes nothing.
/// </summary>
internal sealed class KeyBook(EdgeDbContext database, IdentityBook book, IdentityOptions options, TimeProvider clock)
{
    /// <summary>By id or name.</summary>
    public Task<VirtualKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.Keys.Include(key => key.Secrets).Include(key => key.Owner)
            .FirstOrDefaultAsync(key => key.Id == id || key.Name == id, cancellationToken);

    /// <summary>Gives the key a new secret; the old one lives on for a grace.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RotateAsync(
        string id, TimeSpan? grace, AdminOperator who, CancellationToken cancellationToken)
    {
        var length = grace ?? options.RotationGrace;
        return length > options.LongestRotationGrace
            ? Refused(AdminProblem.Invalid(
                "invalid_grace", $"'grace' is at most {options.LongestRotationGrace.TotalHours:0.##} hours."))
            : ChangeAsync(id, who, (key, now) =>
            {
                if (key.RevokedAt is not null || key.ExpiresAt <= now)
                {
                    return AdminProblem.Conflict(
                        "key_not_active",
                        $"The key '{key.Name}' is {KeyResponse.StateOf(key, now)}: a new secret would not open "
                        + "anything. Activate it or move its expiry first, or make a new key.");
                }

                var secret = VirtualKeySecret.Create();
                book.NoteWithdrawn(key.Rotate(KeySecret.Of(key.Id, secret, now), now + length, now));
                book.Note(
                    who, "key.rotated", $"key:{key.Name}",
                    $"the old secret ends at {MomentText.Format(now + length)}", key.Tenant);
                return TypedResults.Ok(KeyResponse.Of(key, now, secret));
            }, cancellationToken);
    }

    /// <summary>Takes the key back, with every secret it has.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RevokeAsync(
        string id, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(id, who, (key, now) =>
        {
            if (key.RevokedAt is null)
            {
                key.RevokedAt = now;
                book.NoteWithdrawn(key.Withdrawn(null));
                book.Note(who, "key.revoked", $"key:{key.Name}", $"tenant {key.Tenant}", key.Tenant);
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>Pauses the key.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> DeactivateAsync(
        string id, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(id, who, (key, now) =>
        {
            if (key.DeactivatedAt is null)
            {
                key.DeactivatedAt = now;
                book.NoteWithdrawn(key.Withdrawn(null));
                book.Note(who, "key.deactivated", $"key:{key.Name}", $"tenant {key.Tenant}", key.Tenant);
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>Ends the pause. What was revoked stays so: whoever took it back may have had a reason.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ActivateAsync(
        string id, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(id, who, (key, now) =>
        {
            if (key.RevokedAt is { } revokedAt)
            {
                return AdminProblem.Conflict(
                    "key_revoked",
                    $"The key '{key.Name}' was revoked at {MomentText.Format(revokedAt)} and stays so. Make a new key; "
                    + "to pause one for a while, deactivate it.");
            }

            if (key.DeactivatedAt is not null)
            {
                key.DeactivatedAt = null;
                book.Note(who, "key.activated", $"key:{key.Name}", $"tenant {key.Tenant}", key.Tenant);
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>Changes what a key may do. What the request leaves out stays.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> UpdateAsync(
        string id, UpdateKeyRequest request, AdminOperator who, CancellationToken cancellationToken) =>
        ChangeAsync(id, who, async (key, now) =>
        {
            if (await request.FaultAsync(key.Tenant, database, now, cancellationToken) is { } fault)
            {
                return fault;
            }

            var expiresAt = request.ExpiryOr(key.ExpiresAt, now);
            if (expiresAt < (key.ExpiresAt ?? DateTimeOffset.MaxValue))
            {
                book.NoteWithdrawn(key.Withdrawn(expiresAt > now ? expiresAt : null));
            }

            if (request.Role is { } role && !who.MayGive(role))
            {
                return RoleNotGiven(who, role);
            }

            key.ExpiresAt = expiresAt;
            request.ApplyTo(key);
            await EnsureUserAsync(key.Tenant, key.User, cancellationToken);
            if (database.Entry(key).State is not EntityState.Unchanged)
            {
                book.Note(who, "key.changed", $"key:{key.Name}", key.Describe(), key.Tenant);
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>403: who holds a role may not lay hands on a key with one they could not have given.</summary>
    public static ProblemHttpResult RoleAbove(AdminOperator who, VirtualKey key) => AdminProblem.Forbidden(
        "role_not_allowed",
        $"The key '{key.Name}' has the role '{EnumText.Of(key.Role)}', which {who.Name} may neither give nor change.");

    /// <summary>403: nobody gives a role they could not give.</summary>
    public static ProblemHttpResult RoleNotGiven(AdminOperator who, KeyRole role) => AdminProblem.Forbidden(
        "role_not_allowed", $"{who.Name} may not give the role '{EnumText.Of(role)}'.");

    /// <summary>The user that a key names, made on the way when nobody named it before.</summary>
    public async Task EnsureUserAsync(string tenant, string? name, CancellationToken cancellationToken)
    {
        if (name is not null && await database.Users.FindAsync([tenant, name], cancellationToken) is null)
        {
            database.Users.Add(new PlatformUser
            {
                Tenant = tenant,
                Name = name,
                Source = DeclaredBy.Api,
                CreatedAt = clock.GetUtcNow(),
            });
        }
    }

    public static ProblemHttpResult NotFound(string id) =>
        AdminProblem.NotFound("key_not_found", $"There is no key with the id or name '{id}'.");

    private Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ChangeAsync(
        string id,
        AdminOperator who,
        Func<VirtualKey, DateTimeOffset, Results<Ok<KeyResponse>, ProblemHttpResult>> change,
        CancellationToken cancellationToken) =>
        ChangeAsync(id, who, (key, now) => Task.FromResult(change(key, now)), cancellationToken);

    private async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ChangeAsync(
        string id,
        AdminOperator who,
        Func<VirtualKey, DateTimeOffset, Task<Results<Ok<KeyResponse>, ProblemHttpResult>>> change,
        CancellationToken cancellationToken) =>
        (await book.WriteAsync<Results<Ok<KeyResponse>, ProblemHttpResult>>(
            async () =>
            {
                if (await FindAsync(id, cancellationToken) is not { } key)
                {
                    return NotFound(id);
                }

                return Refuse(key, who) is { } refusal ? refusal : await change(key, clock.GetUtcNow());
            },
            cancellationToken)).Answer;

    private static ProblemHttpResult? Refuse(VirtualKey key, AdminOperator who) =>
        !who.Sees(key.Tenant) ? who.OtherTenant()
        : !who.MayGive(key.Role) ? RoleAbove(who, key)
        : key.Source == DeclaredBy.File
            ? AdminProblem.Conflict(
                "declared_in_file",
                $"The key '{key.Name}' is declared in the configuration file: change it there.")
        : null;

    private static Task<Results<Ok<KeyResponse>, ProblemHttpResult>> Refused(ProblemHttpResult problem) =>
        Task.FromResult<Results<Ok<KeyResponse>, ProblemHttpResult>>(problem);
}
