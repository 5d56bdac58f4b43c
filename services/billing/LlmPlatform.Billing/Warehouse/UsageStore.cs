using LlmPlatform.Billing.Completeness;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// Puts rated usage everywhere it belongs: rows into the warehouse, charges into the ledger, and what came, what is
/// unpriced and which quarter hours changed into PostgreSQL. The rows are in before the rest commits; after a failure
/// in between the same is stored again, and changes nothing twice.
/// </summary>
internal sealed class UsageStore(
    IServiceScopeFactory scopes,
    UsageWriter writer,
    UsageQuarantine quarantine,
    LedgerWriter ledger,
    ReceivedSequences sequences)
{
    /// <returns>How many are stored; the others are in quarantine.</returns>
    public Task<int> StoreAsync(IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken) =>
        StoreAsync(rows, [], cancellationToken);

    /// <param name="rows">Rated.</param>
    /// <param name="batches">The envelopes they came in, those of them that are in quarantine included.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>How many are stored; the others are in quarantine.</returns>
    public async Task<int> StoreAsync(
        IReadOnlyList<UsageRow> rows,
        IReadOnlyCollection<UsageRecordedBatch> batches,
        CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // Whoever computes a bill takes this lock alone, and so sees warehouse and ledger of one moment.
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock_shared(hashtext('billing.usage'))", cancellationToken);
        var comparison = await ledger.CompareAsync(database, rows, cancellationToken);
        foreach (var (row, reason) in comparison.Contradicting)
        {
            await quarantine.KeepAsync(row.Usage, reason, cancellationToken);
        }

        var stored = await writer.WriteAsync(comparison.Sound, cancellationToken);
        await ledger.PostUsageAsync(database, comparison, stored, cancellationToken);
        await sequences.ReceiveAsync(database, batches, cancellationToken);
        await RollupMarks.MarkAsync(database, stored, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<UnpricedUsage>().NoteAsync(stored, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return stored.Count + comparison.Standing.Count;
    }
}
