using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Identity;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Writes changes of tenants, teams and keys: each with a new version, its announcement and its audit record, in one
/// transaction.
/// </summary>
internal sealed class IdentityBook(EdgeDbContext database, IOutbox<EdgeDbContext> outbox, TimeProvider clock)
{
    /// <summary>Notes a change that the next <see cref="SaveAsync"/> is to write.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="action">For example <c>key.created</c>.</param>
    /// <param name="resource">For example <c>key:acme-ci</c>.</param>
    /// <param name="summary">What changes; never a secret.</param>
    public void Note(string actor, string action, string resource, string summary) =>
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(clock.GetUtcNow()),
            ChangedAt = clock.GetUtcNow(),
            Actor = actor,
            Action = action,
            Resource = resource,
            Summary = summary,
        });

    /// <summary>Writes everything, or nothing.</summary>
    /// <exception cref="DbUpdateException">The database refuses: a name taken.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await using var transaction = database.Database.CurrentTransaction is null
            ? await database.Database.BeginTransactionAsync(cancellationToken)
            : null;

        // Writers take turns at the version: two changes at once are two versions, not one change and a conflict.
        var version = await database.Versions
            .FromSql($"SELECT * FROM edge.identity_version FOR UPDATE")
            .SingleAsync(cancellationToken);
        version.Version++;
        outbox.Add(new KeysChanged { Version = version.Version });
        await database.SaveChangesAsync(cancellationToken);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }
    }
}
