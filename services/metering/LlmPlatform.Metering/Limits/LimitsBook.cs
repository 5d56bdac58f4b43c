using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Limits;

/// <summary>
/// Writes changes of limits and budgets: each with a new version, its announcement and its audit record, in one
/// transaction. Writers take turns, so that two replicas that read the same file make one change of it.
/// </summary>
internal sealed class LimitsBook(MeteringDbContext database, IOutbox<MeteringDbContext> outbox, TimeProvider clock)
{
    private const string TakeTurn = "SELECT pg_advisory_xact_lock(hashtext('metering.limits'))";

    private bool _noted;

    /// <summary>Runs a change and writes it; nothing is announced when nothing was noted.</summary>
    /// <param name="change">Reads and changes the context of this scope, and notes every change.</param>
    /// <param name="cancellationToken">Abandons the change.</param>
    /// <returns>What the change returned.</returns>
    public async Task<T> WriteAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Database.ExecuteSqlRawAsync(TakeTurn, cancellationToken);
        var answer = await change();
        if (_noted)
        {
            var version = await database.Versions.SingleAsync(cancellationToken);
            version.Version++;
            outbox.Add(new LimitsChanged { Version = version.Version });
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return answer;
    }

    /// <summary>Notes a change for the audit trail.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="action">For example <c>budget.changed</c>.</param>
    /// <param name="resource">For example <c>budget:acme-month</c>.</param>
    /// <param name="summary">What it says from now on.</param>
    /// <param name="scope">What it is about.</param>
    public void Note(string actor, string action, string resource, string summary, string scope)
    {
        _noted = true;
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(clock.GetUtcNow()),
            ChangedAt = clock.GetUtcNow(),
            Actor = actor,
            Action = action,
            Resource = resource,
            Tenant = ScopeReference.TryParse(scope, out var read) ? read.TenantName : null,
            Summary = summary,
        });
    }
}
