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
        database.Keys.Include(key => key.Secrets)
            .FirstOrDefaultAsync(key => key.Id == id || key.Name == id, cancellationToken);

    /// <summary>Gives the key a new secret; the old one lives on for a grace.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RotateAsync(
        string id, TimeSpan? grace, string actor, CancellationToken cancellationToken)
    {
        var length = grace ?? options.RotationGrace;
        return length > options.LongestRotationGrace
            ? Refused(AdminProblem.Invalid(
                "invalid_grace", $"'grace' is at most {options.LongestRotationGrace.TotalHours:0.##} hours."))
            : ChangeAsync(id, (key, now) =>
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
                    actor, "key.rotated", $"key:{key.Name}",
                    $"the old secret ends at {MomentText.Format(now + length)}");
                return TypedResults.Ok(KeyResponse.Of(key, now, secret));
            }, cancellationToken);
    }

    /// <summary>Takes the key back, with every secret it has.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> RevokeAsync(
        string id, string actor, CancellationToken cancellationToken) =>
        ChangeAsync(id, (key, now) =>
        {
            if (key.RevokedAt is null)
            {
                key.RevokedAt = now;
                book.NoteWithdrawn(key.Withdrawn(null));
                book.Note(actor, "key.revoked", $"key:{key.Name}", $"tenant {key.Tenant}");
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>Pauses the key.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> DeactivateAsync(
        string id, string actor, CancellationToken cancellationToken) =>
        ChangeAsync(id, (key, now) =>
        {
            if (key.DeactivatedAt is null)
            {
                key.DeactivatedAt = now;
                book.NoteWithdrawn(key.Withdrawn(null));
                book.Note(actor, "key.deactivated", $"key:{key.Name}", $"tenant {key.Tenant}");
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>Undoes both.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ActivateAsync(
        string id, string actor, CancellationToken cancellationToken) =>
        ChangeAsync(id, (key, now) =>
        {
            if (key.RevokedAt is not null || key.DeactivatedAt is not null)
            {
                key.RevokedAt = null;
                key.DeactivatedAt = null;
                book.Note(actor, "key.activated", $"key:{key.Name}", $"tenant {key.Tenant}");
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    /// <summary>Changes what a key may do. What the request leaves out stays.</summary>
    public Task<Results<Ok<KeyResponse>, ProblemHttpResult>> UpdateAsync(
        string id, UpdateKeyRequest request, string actor, CancellationToken cancellationToken) =>
        ChangeAsync(id, async (key, now) =>
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

            key.ExpiresAt = expiresAt;
            request.ApplyTo(key);
            if (database.Entry(key).State is not EntityState.Unchanged)
            {
                book.Note(actor, "key.changed", $"key:{key.Name}", key.Describe());
            }

            return TypedResults.Ok(KeyResponse.Of(key, now));
        }, cancellationToken);

    public static ProblemHttpResult NotFound(string id) =>
        AdminProblem.NotFound("key_not_found", $"There is no key with the id or name '{id}'.");

    private Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ChangeAsync(
        string id,
        Func<VirtualKey, DateTimeOffset, Results<Ok<KeyResponse>, ProblemHttpResult>> change,
        CancellationToken cancellationToken) =>
        ChangeAsync(id, (key, now) => Task.FromResult(change(key, now)), cancellationToken);

    private async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> ChangeAsync(
        string id,
        Func<VirtualKey, DateTimeOffset, Task<Results<Ok<KeyResponse>, ProblemHttpResult>>> change,
        CancellationToken cancellationToken) =>
        (await book.WriteAsync<Results<Ok<KeyResponse>, ProblemHttpResult>>(
            async () =>
            {
                if (await FindAsync(id, cancellationToken) is not { } key)
                {
                    return NotFound(id);
                }

                return key.Source == DeclaredBy.File
                    ? AdminProblem.Conflict(
                        "declared_in_file",
                        $"The key '{key.Name}' is declared in the configuration file: change it there.")
                    : await change(key, clock.GetUtcNow());
            },
            cancellationToken)).Answer;

    private static Task<Results<Ok<KeyResponse>, ProblemHttpResult>> Refused(ProblemHttpResult problem) =>
        Task.FromResult<Results<Ok<KeyResponse>, ProblemHttpResult>>(problem);
}
