using LlmPlatform.Billing.Completeness;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Reconciliation;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// Computes a tenant's bill from the warehouse: his month, and what came or changed of earlier months since they were
/// billed. Scoped, like the context.
/// </summary>
internal sealed class BillReckoner(
    UsageSumsReader usage,
    PriceShelf shelf,
    BillingDbContext database,
    TermsBook terms,
    LedgerReader ledger,
    SpoolsReader spoolsReader,
    ReconciliationGate reconciliation,
    BillOptions options,
    TimeProvider clock)
{
    /// <summary>Everybody who may have a bill for a month, by name.</summary>
    public async Task<IReadOnlyList<string>> TenantsAsync(string period, CancellationToken cancellationToken)
    {
        // A day more on both sides: every zone's month is within.
        var month = BillPeriod.Of(period, "UTC");
        var from = BillPeriod.Of(month.Before(options.LateMonths), "UTC").StartsAt.AddDays(-1);
        var to = month.EndsAt.AddDays(1);
        var users = await usage.TenantsAsync(from, to, cancellationToken);
        var quarantined = await database.QuarantinedUsage
            .Where(kept => kept.OccurredAt >= from && kept.OccurredAt < to)
            .Select(kept => kept.Tenant).Distinct().ToListAsync(cancellationToken);
        return [.. users.Union(quarantined).Order(StringComparer.Ordinal)];
    }

    /// <summary>The bill as it would be now, with what stands in its way; null when there is nothing to bill.</summary>
    public async Task<Bill?> ComputeAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        if (await terms.PeriodAsync(tenant, name, cancellationToken) is not { } period)
        {
            return null;
        }

        var holding = await terms.FindAsync(tenant, name, cancellationToken);
        var sums = await usage.SumsAsync(tenant, period, cancellationToken);
        var quarantined = await database.QuarantinedUsage.LongCountAsync(
            kept => kept.Tenant == tenant && kept.OccurredAt >= period.StartsAt && kept.OccurredAt < period.EndsAt,
            cancellationToken);
        var checks = new List<BillGate>();
        var lines = BillComposer.LinesOf(name, sums, await PricesAsync(sums, cancellationToken), holding).ToList();
        await CheckBalanceAsync(tenant, period, sums, lines, checks, cancellationToken);
        lines.AddRange(await CorrectionsAsync(tenant, period, checks, cancellationToken));
        if (lines.Count == 0 && quarantined == 0 && sums.Count == 0)
        {
            return null;
        }

        var rate = holding.Currency == Currencies.Usd
            ? null
            : await terms.RateAsync(holding.Currency, period, cancellationToken);
        var bill = BillComposer.Compose(new BillBasis
        {
            Tenant = tenant,
            Period = period,
            State = clock.GetUtcNow() < period.EndsAt ? BillStates.Open : BillStates.Collecting,
            Terms = holding,
            Exchange = rate is null ? null : new BillExchange(rate.PerUsd.Trimmed(), rate.Day, rate.Source),
            Sums = sums,
            Days = await usage.DaysAsync(tenant, period, cancellationToken),
            Lines = lines,
            Quarantined = quarantined,
            ComputedAt = clock.GetUtcNow(),
            PriceBook = (await shelf.GetAsync(cancellationToken)).Snapshot.Version,
        });
        return bill with { Gates = await GatesAsync(bill, checks, cancellationToken) };
    }

    // Rows may have been rated by another replica with a book newer than ours.
    private async Task<PriceHistory> PricesAsync(IReadOnlyList<UsageSums> sums, CancellationToken cancellationToken)
    {
        var prices = await shelf.GetAsync(cancellationToken);
        return sums.All(place => place.PriceVersion.Length == 0 || prices.FindVersion(place.PriceVersion) is not null)
            ? prices
            : await shelf.RefreshAsync(cancellationToken) ?? prices;
    }

    private async Task<IReadOnlyList<BillLine>> CorrectionsAsync(
        string tenant, BillPeriod period, List<BillGate> checks, CancellationToken cancellationToken)
    {
        var oldest = period.Before(options.LateMonths);
        var bills = await database.Bills.AsNoTracking()
            .Where(row => row.Tenant == tenant && row.State != BillStates.Voided)
            .Where(row => string.Compare(row.Period, oldest) >= 0 && string.Compare(row.Period, period.Name) < 0)
            .ToListAsync(cancellationToken);
        var issued = bills.Where(row => row.Number is not null).ToList();
        var billed = issued.SelectMany(row => BillDocument.Read(row.Document).Lines)
            .ToLookup(line => line.ServicePeriod, StringComparer.Ordinal);
        var corrections = new List<BillLine>();
        for (var back = 1; back <= options.LateMonths; back++)
        {
            var name = period.Before(back);
            var earlier = (await terms.PeriodAsync(tenant, name, cancellationToken))!;
            var sums = await usage.SumsAsync(tenant, earlier, cancellationToken);
            if (issued.All(row => row.Period != name))
            {
                if (sums.Count > 0)
                {
                    checks.Add(new BillGate
                    {
                        Name = "earlier_months",
                        Passed = false,
                        Detail = $"{name} has usage and no issued bill: close and issue it first.",
                    });
                }

                continue;
            }

            var holding = await terms.FindAsync(tenant, name, cancellationToken);
            var prices = await PricesAsync(sums, cancellationToken);
            var current = BillComposer.LinesOf(name, sums, prices, holding).ToList();
            await CheckBalanceAsync(tenant, earlier, sums, current, checks, cancellationToken);
            corrections.AddRange(BillComposer.Corrections(current, billed[name]));
        }

        return corrections;
    }

    // Three ways to the same figure: the warehouse's rows, the ledger's entries, the bill's lines.
    private async Task CheckBalanceAsync(
        string tenant,
        BillPeriod period,
        IReadOnlyList<UsageSums> sums,
        IReadOnlyList<BillLine> lines,
        List<BillGate> checks,
        CancellationToken cancellationToken)
    {
        var posted = await ledger.UsageAsync(tenant, period.StartsAt, period.EndsAt, cancellationToken);
        var (rows, entries, listed) = (
            sums.Sum(place => place.CostUsd).Trimmed(),
            posted.Values.Sum().Trimmed(),
            lines.Sum(line => line.ListUsd).Trimmed());
        checks.Add(new BillGate
        {
            Name = "balance",
            Passed = rows == entries && rows == listed,
            Detail = FormattableString.Invariant(
                $"{period.Name}: usage rows {rows}, ledger {entries}, lines {listed} USD."),
        });
    }

    private async Task<IReadOnlyList<BillGate>> GatesAsync(
        Bill bill, IReadOnlyList<BillGate> checks, CancellationToken cancellationToken)
    {
        var spools = await spoolsReader.ReadAsync(cancellationToken);
        var before = await database.Bills.AsNoTracking()
            .Where(row => row.Tenant == bill.Tenant && row.Number != null && row.State != BillStates.Voided)
            .Where(row => string.Compare(row.Period, bill.Period) < 0)
            .OrderByDescending(row => row.Period)
            .FirstOrDefaultAsync(cancellationToken);
        checks = [.. checks, await reconciliation.OfAsync(bill.Period, cancellationToken)];
        return BillGates.Of(
            bill, checks, spools, before is null ? null : BillDocument.Read(before.Document), options,
            clock.GetUtcNow());
    }
}
