using LlmPlatform.Billing.Proposals;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>Finds bills: those that were closed as they were stored, the others as they would be now.</summary>
internal sealed class BillReader(BillingDbContext database, BillReckoner reckoner)
{
    // No zone is further from UTC.
    private static readonly TimeSpan OffUtc = TimeSpan.FromHours(14);

    /// <summary>The bills of a month, voided ones included, by tenant.</summary>
    /// <param name="period">Such as <c>2026-11</c>.</param>
    /// <param name="tenant">Null: of all.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task<IReadOnlyList<Bill>> ReadAsync(
        string period, string? tenant, CancellationToken cancellationToken)
    {
        var stored = await database.Bills.AsNoTracking()
            .Where(row => row.Period == period && (tenant == null || row.Tenant == tenant))
            .ToListAsync(cancellationToken);
        var bills = await ShownAsync(stored, cancellationToken);
        var closed = stored.Where(row => row.State != BillStates.Voided).Select(row => row.Tenant).ToHashSet();
        var open = tenant is null ? await reckoner.TenantsAsync(period, cancellationToken) : [tenant];
        foreach (var name in open.Where(name => !closed.Contains(name)))
        {
            if (await reckoner.ComputeAsync(name, period, cancellationToken) is { } bill)
            {
                bills.Add(bill with { Id = BillId.Of(name, period, RevisionOf(stored, name)) });
            }
        }

        return [.. bills.OrderBy(bill => bill.Tenant, StringComparer.Ordinal).ThenBy(bill => bill.Id)];
    }

    /// <summary>A bill by its id or its number; null when there is none.</summary>
    public async Task<Bill?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var row = await database.Bills.AsNoTracking()
            .SingleOrDefaultAsync(row => row.Id == id || row.Number == id, cancellationToken);
        if (row is not null)
        {
            return (await ShownAsync([row], cancellationToken))[0];
        }

        return BillId.TryParse(id, out var tenant, out var period)
            ? (await ReadAsync(period, tenant, cancellationToken)).SingleOrDefault(bill => bill.Id == id)
            : null;
    }

    /// <summary>What was given back in a month, on bills of whichever month, the earliest first.</summary>
    /// <param name="period">Such as <c>2026-11</c>, in the time zone of each bill.</param>
    /// <param name="tenant">Null: of all.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task<IReadOnlyList<CreditedBill>> CreditsAsync(
        string period, string? tenant, CancellationToken cancellationToken)
    {
        var month = BillPeriod.Of(period, "UTC");
        var (first, end) = (month.StartsAt - OffUtc, month.EndsAt + OffUtc);
        var found = await (
            from note in database.CreditNotes.AsNoTracking()
            join row in database.Bills.AsNoTracking() on note.BillId equals row.Id
            where note.IssuedAt >= first && note.IssuedAt < end && (tenant == null || row.Tenant == tenant)
            orderby note.IssuedAt, note.Number
            select new { note, row }).ToListAsync(cancellationToken);
        return
        [
            .. found.Select(one => new CreditedBill(one.note, Shown(one.row)))
                .Where(credit => credit.Period.Name == period),
        ];
    }

    /// <summary>The revision that a tenant's next bill of a month would have.</summary>
    public static int RevisionOf(IEnumerable<BillRow> stored, string tenant) =>
        stored.Where(row => row.Tenant == tenant).Select(row => row.Revision).DefaultIfEmpty(0).Max() + 1;

    private async Task<List<Bill>> ShownAsync(IReadOnlyCollection<BillRow> rows, CancellationToken cancellationToken)
    {
        var voided = rows.Where(row => row.State == BillStates.Voided).Select(row => row.Id).ToList();
        var times = voided.Count == 0
            ? []
            : await database.Proposals.AsNoTracking()
                .Where(one => one.Kind == BillVoids.Kind && one.State == ProposalStates.Approved)
                .Where(one => voided.Contains(one.Subject))
                .ToDictionaryAsync(one => one.Subject, one => one.DecidedAt, cancellationToken);
        return [.. rows.Select(row => Shown(row) with { VoidedAt = times.GetValueOrDefault(row.Id) })];
    }

    // What becomes of a bill after its issue is beside its document, which stays as it was.
    private static Bill Shown(BillRow row) => BillDocument.Read(row.Document) with { State = row.State };
}
