using System.Collections.Frozen;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Metering.Limits;

/// <summary>What is in force, in memory: any replica serves it, also while PostgreSQL is away.</summary>
internal sealed class LimitsShelf(IServiceScopeFactory scopes, HoldLedger holds)
{
    private readonly Lock _gate = new();
    private volatile Shelved? _newest;

    /// <summary>The budget of an id, as far as it is known here; null when none that is in force has it.</summary>
    public Budget? FindBudget(string id) => _newest?.Budgets.GetValueOrDefault(id);

    /// <summary>Looks for a newer version first; while PostgreSQL is away the last one known is given.</summary>
    public async ValueTask<LimitsSnapshot?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (Exception fault)
            when (_newest is not null && (fault is NpgsqlException || fault.InnerException is NpgsqlException))
        {
            // The last one stays in force.
        }

        return _newest?.Snapshot;
    }

    /// <summary>Looks for a newer version; a repeat costs one look at an index.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<MeteringDbContext>();

        // The version is read before the rows: should a change slip in between, the next look finds the version moved.
        var row = await database.Versions.AsNoTracking().SingleAsync(cancellationToken);
        var version = row.Version;
        holds.RequireGeneration(row.CountersGeneration);
        if (version == _newest?.Snapshot.Version)
            return;

        var budgets = await database.Budgets.AsNoTracking()
            .Where(budget => budget.RetiredAt == null)
            .OrderBy(budget => budget.Name)
            .ToListAsync(cancellationToken);
        var limits = await database.RateLimits.AsNoTracking().OrderBy(limit => limit.Id).ToListAsync(cancellationToken);
        Put(new Shelved(
            new LimitsSnapshot
            {
                Version = version,
                CountersGeneration = row.CountersGeneration,
                Budgets = [.. budgets.Select(budget => budget.Definition())],
                RateLimits = [.. limits.Select(limit => limit.Definition())],
            },
            budgets.ToFrozenDictionary(budget => budget.Id)));
    }

    private void Put(Shelved found)
    {
        // Two refreshes may cross: the older one must not undo the newer.
        lock (_gate)
        {
            if (_newest is null || found.Snapshot.Version > _newest.Snapshot.Version)
                _newest = found;
        }
    }

    private sealed record Shelved(LimitsSnapshot Snapshot, FrozenDictionary<string, Budget> Budgets);
}
