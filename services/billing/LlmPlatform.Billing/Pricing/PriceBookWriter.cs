using LlmPlatform.Billing.Proposals;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Messaging;
using LlmPlatform.Money.Pricing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Brings the price book to what is declared, in one transaction with its announcement and its audit records. What is
/// declared again as it stands changes nothing. Scoped, like the context.
/// </summary>
internal sealed class PriceBookWriter(
    BillingDbContext database,
    IOutbox<BillingDbContext> outbox,
    IPlatformConfigurationSource configuration,
    TimeProvider clock)
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
        await LockAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var changes = await ChangeAsync(declared, now, cancellationToken);
        if (changes.Count == 0 && await database.PriceBooks.AnyAsync(cancellationToken))
        {
            return false;
        }

        await PublishAsync(changes, Source, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Records prices that were agreed on, within the caller's transaction. Each takes the place of a price of the same
    /// deployment from the same instant; others stay.
    /// </summary>
    /// <param name="prices">Of deployments that the configuration file does not price.</param>
    /// <param name="source">Where they are from, kept with each.</param>
    /// <param name="actor">Who agreed, for the audit trail.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <exception cref="ProposalRefusedException">The file has come to declare one of them.</exception>
    public async Task RecordAsync(
        IReadOnlyList<Price> prices, string source, string actor, CancellationToken cancellationToken)
    {
        await LockAsync(cancellationToken);
        var declared = DeclaredPrices.Of(configuration.Current).Select(price => price.Sku).ToHashSet();
        if (prices.FirstOrDefault(price => declared.Contains(price.Sku)) is { } kept)
        {
            throw new ProposalRefusedException(
                "declared_in_file", $"The configuration file declares the price of '{kept.Sku}': change it there.");
        }

        var now = clock.GetUtcNow();
        var skus = prices.Select(price => price.Sku).ToArray();
        var inForce = await database.PriceVersions
            .Where(row => row.SupersededAt == null && skus.Contains(row.Sku))
            .ToListAsync(cancellationToken);
        var changes = new List<(string, PriceVersion)>();
        var added = new List<Price>();
        foreach (var price in prices)
        {
            var row = inForce.Find(row => row.Sku == price.Sku && row.EffectiveFrom == price.EffectiveFrom);
            if (row?.VersionId == price.VersionId)
            {
                continue;
            }

            added.Add(price);
            if (row is not null)
            {
                row.SupersededAt = now;
                changes.Add(("price.superseded", row));
            }
        }

        await database.SaveChangesAsync(cancellationToken);
        changes.AddRange(added.Select(price => ("price.recorded", Add(price, source, now))));
        await PublishAsync(changes, actor, now, cancellationToken);
    }

    // Several replicas read the same file: the one that gets here first writes, the others find it done.
    private Task<int> LockAsync(CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync(
        $"SELECT pg_advisory_xact_lock(hashtext('billing.price_book'))", cancellationToken);

    private async Task PublishAsync(
        IReadOnlyList<(string Action, PriceVersion Price)> changes,
        string actor,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var book = await database.PriceBooks.SingleOrDefaultAsync(cancellationToken);
        if (book is null)
        {
            book = new PublishedPriceBook { Version = 0, PublishedAt = now };
            database.PriceBooks.Add(book);
        }

        book.Version++;
        book.PublishedAt = now;
        foreach (var (action, price) in changes)
        {
            Note(action, price, actor, now);
        }

        outbox.Add(new PriceBookPublished { Version = book.Version });
        await database.SaveChangesAsync(cancellationToken);
    }

    private PriceVersion Add(Price price, string source, DateTimeOffset now)
    {
        var row = PriceVersion.Record(price, source, now);
        database.PriceVersions.Add(row);
        return row;
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
            changes.Add(("price.recorded", Add(price, Source, now)));
        }

        return changes;
    }

    private void Note(string action, PriceVersion price, string actor, DateTimeOffset now) =>
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(now),
            ChangedAt = now,
            Actor = actor,
            Action = action,
            Resource = $"price:{price.Sku}",
            Summary = FormattableString.Invariant(
                $"{price.VersionId} from {price.EffectiveFrom:O}: {price.Input} in, {price.Output} out, USD per 1M"),
        });
}
