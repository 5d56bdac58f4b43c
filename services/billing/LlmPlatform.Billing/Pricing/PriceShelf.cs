using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Pricing;

/// <summary>The price book in memory, as PostgreSQL has it.</summary>
internal sealed class PriceShelf(IServiceScopeFactory scopes) : IDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile PriceHistory? _current;

    /// <summary>The newest book known; null until one was published.</summary>
    public PriceHistory? Current => _current;

    /// <summary>The newest book known, asking PostgreSQL when there is none.</summary>
    /// <exception cref="PriceBookMissingException">None was ever published: the prices are still to be
    /// applied.</exception>
    public async Task<PriceHistory> GetAsync(CancellationToken cancellationToken) =>
        _current ?? await RefreshAsync(cancellationToken) ?? throw new PriceBookMissingException();

    /// <summary>Reads the book again if there is a newer one.</summary>
    public async Task<PriceHistory?> RefreshAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
            var version = await VersionAsync(database, cancellationToken);
            if (version is { } published && _current?.Snapshot.Version != published)
            {
                _current = await LoadAsync(database, cancellationToken);
            }

            return _current;
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose() => _loading.Dispose();

    private static Task<long?> VersionAsync(BillingDbContext database, CancellationToken cancellationToken) =>
        database.PriceBooks.Select(book => (long?)book.Version).SingleOrDefaultAsync(cancellationToken);

    // Version and rows of one moment: a book labelled with a version it does not have would never be read again.
    private static async Task<PriceHistory> LoadAsync(BillingDbContext database, CancellationToken cancellationToken)
    {
        await using var moment = await database.Database.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var version = await VersionAsync(database, cancellationToken) ?? 0;
        return new PriceHistory(version, await database.PriceVersions.AsNoTracking().ToListAsync(cancellationToken));
    }
}
