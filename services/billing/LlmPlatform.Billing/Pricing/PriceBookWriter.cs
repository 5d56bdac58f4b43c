using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Messaging;
using LlmPlatform.Money.Pricing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Brings the price book to what is declared, in one transaction with its announcement and its audit records. What is
/// declared again as it stands changes nothing. Scoped, like the context.
/// </summary>
internal sealed class PriceBookWriter(BillingDbContext database, IOutbox<BillingDbContext> outbox, TimeProvider clock)
{
    private const string Source = "file";

    /// <summary>
    /// Records new prices and supersedes those they replace: another figure from the same instant, or an instant that a
    /// deployment still declared no longer names. A deployment that is declared no more keeps its prices, because
    /// calls made before may still have to be rated.
    /// </summary>
    /// <returns>False when the book was already so.</returns>
    public async Task<bool> ApplyAsync(IReadOnlyList<Price> declared, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // Several replicas read the same file: the one that gets here first writes, the others find it done.
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtext('billing.price_book'))", cancellationToken);
        var now = clock.GetUtcNow();
        var book = await database.PriceBooks.SingleOrDefaultAsync(cancellationToken);
        var changes = await ChangeAsync(declared, now, cancellationToken);
        if (changes.Count == 0 && book is not null)
        {
            return false;
        }

        if (book is null)
        {
            book = new PublishedPriceBook { Version = 0, PublishedAt = now };
            database.PriceBooks.Add(book);
        }

        book.Version++;
        book.PublishedAt = now;
        foreach (var (action, price) in changes)
        {
            Note(action, price, now);
        }

        outbox.Add(new PriceBookPublished { Version = book.Version });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<(string Action, PriceVersion Price)>> ChangeAsync(
        IReadOnlyList<Price> declared, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var inForce = await database.PriceVersions
            .Where(row => row.SupersededAt == null)
            .ToListAsync(cancellationToken);
        var wanted = declared.ToDictionary(price => (price.Sku, price.EffectiveFrom));
        var skus = declared.Select(price => price.Sku).ToHashSet(StringComparer.Ordinal);
        var changes = new List<(string, PriceVersion)>();
        var kept = new HashSet<(string, DateTimeOffset)>();
        foreach (var row in inForce)
        {
            if (!skus.Contains(row.Sku))
            {
                continue;
            }

            if (wanted.TryGetValue((row.Sku, row.EffectiveFrom), out var price) && price.VersionId == row.VersionId)
            {
                kept.Add((row.Sku, row.EffectiveFrom));
                continue;
            }

            row.SupersededAt = now;
            changes.Add(("price.superseded", row));
        }

        // Superseded before recorded: the index that allows one price an instant is checked statement by statement.
        await database.SaveChangesAsync(cancellationToken);
        foreach (var price in declared.Where(price => !kept.Contains((price.Sku, price.EffectiveFrom))))
        {
            var row = PriceVersion.Record(price, Source, now);
            database.PriceVersions.Add(row);
            changes.Add(("price.recorded", row));
        }

        return changes;
    }

    private void Note(string action, PriceVersion price, DateTimeOffset now) => outbox.Add(new AdminChangeRecorded
    {
        ChangeId = Guid.CreateVersion7(now),
        ChangedAt = now,
        Actor = Source,
        Action = action,
        Resource = $"price:{price.Sku}",
        Summary = FormattableString.Invariant(
            $"{price.VersionId} from {price.EffectiveFrom:O}: input {price.Input}, output {price.Output} USD per 1M"),
    });
}
