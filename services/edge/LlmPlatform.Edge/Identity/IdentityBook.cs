using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Identity;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Messaging;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Writes changes of tenants, teams, users and keys: each with a new version, its announcement and its audit record, in
/// one transaction; and, once it stands, tells this edge's key ring and, of secrets that died, all edges' Redis.
/// Writers take turns, so that what a change reads is what it changes.
/// </summary>
internal sealed class IdentityBook(
    EdgeDbContext database,
    IOutbox<EdgeDbContext> outbox,
    KeyRingFeed keys,
    SecretWithdrawals withdrawals,
    TimeProvider clock)
{
    private readonly List<SecretWithdrawal> _withdrawn = [];
    private bool _noted;

    /// <summary>Runs a change and writes it; nothing is written when nothing was noted.</summary>
    /// <param name="change">Reads and changes the context of this scope, and notes every change.</param>
    /// <param name="cancellationToken">Abandons the change.</param>
    /// <returns>What the change returned, and the version of the keys from then on.</returns>
    /// <exception cref="DbUpdateException">The database refuses: a name taken.</exception>
    public async Task<(T Answer, long Version)> WriteAsync<T>(
        Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var version = await database.Versions
            .FromSql($"SELECT * FROM edge.identity_version FOR UPDATE")
            .SingleAsync(cancellationToken);
        var answer = await change();
        if (!_noted)
        {
            return (answer, version.Version);
        }

        version.Version++;
        outbox.Add(new KeysChanged { Version = version.Version });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        keys.Announce();

        // The change stands: whoever asked for it may leave, the edges are told all the same. Should Redis not have
        // taken it, this edge at least must not answer "done" and then admit once more what was withdrawn.
        if (!await withdrawals.SpreadAsync(_withdrawn, version.Version))
        {
            await keys.ReachAsync(version.Version);
        }

        return (answer, version.Version);
    }

    /// <summary>Notes a change for the audit trail.</summary>
    /// <param name="who">Who makes it.</param>
    /// <param name="action">For example <c>key.created</c>.</param>
    /// <param name="resource">For example <c>key:acme-ci</c>.</param>
    /// <param name="summary">What changes; never a secret.</param>
    /// <param name="tenant">Whose it is.</param>
    public void Note(AdminOperator who, string action, string resource, string summary, string tenant) =>
        Note(who.Actor, action, resource, summary, tenant);

    /// <summary>Notes a change that the configuration file makes.</summary>
    /// <inheritdoc cref="Note(AdminOperator, string, string, string, string)"/>
    public void NoteOfFile(string action, string resource, string summary, string tenant) =>
        Note(DeclaredBy.File, action, resource, summary, tenant);

    /// <summary>Notes that secrets open nothing any more, or not for long.</summary>
    public void NoteWithdrawn(IEnumerable<SecretWithdrawal> secrets) => _withdrawn.AddRange(secrets);

    private void Note(string actor, string action, string resource, string summary, string tenant)
    {
        _noted = true;
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(clock.GetUtcNow()),
            ChangedAt = clock.GetUtcNow(),
            Actor = actor,
            Action = action,
            Resource = resource,
            Tenant = tenant,
            Summary = summary,
        });
    }
}
