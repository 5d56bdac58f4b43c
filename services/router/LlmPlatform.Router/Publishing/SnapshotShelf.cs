using LlmPlatform.Messaging;
using LlmPlatform.Router.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Router.Publishing;

/// <summary>
/// The newest published snapshot, in memory: any replica serves it, whichever published it, also while PostgreSQL is
/// away.
/// </summary>
internal sealed partial class SnapshotShelf(IServiceScopeFactory scopes, ILogger<SnapshotShelf> logger)
{
    private readonly Lock _gate = new();
    private volatile RoutingSnapshot? _newest;

    /// <summary>The newest known; null until one was published.</summary>
    public RoutingSnapshot? Newest => _newest;

    /// <summary>Looks for a newer version first.</summary>
    public async ValueTask<RoutingSnapshot?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RefreshAsync(cancellationToken);
        }
        catch (Exception fault) when (_newest is not null && DatabaseAway.Explains(fault))
        {
            ServedFromMemory((fault.InnerException ?? fault).GetType().Name);
            return _newest;
        }
    }

    /// <summary>Looks for a newer version; a repeat costs one look at an index.</summary>
    public async Task<RoutingSnapshot?> RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        var known = _newest?.Version ?? 0;
        var newer = await database.Snapshots.AsNoTracking()
            .Where(snapshot => snapshot.Version > known)
            .OrderByDescending(snapshot => snapshot.Version)
            .FirstOrDefaultAsync(cancellationToken);
        if (newer is not null)
            Put(newer.Read());
        return _newest;
    }

    private void Put(RoutingSnapshot snapshot)
    {
        // Two refreshes may cross: the older one must not undo the newer.
        lock (_gate)
        {
            if (snapshot.Version <= (_newest?.Version ?? 0))
                return;
            _newest = snapshot;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database does not answer ({Fault}); the snapshot in memory is served")]
    private partial void ServedFromMemory(string fault);
}
