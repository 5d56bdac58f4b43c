using System.Text.Json;
using LlmPlatform.Billing.Proposals;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>The terms and rates of exchange that hold for a tenant's month. Scoped, like the context.</summary>
internal sealed class TermsBook(BillingDbContext database, IPlatformConfigurationSource configuration)
{
    private List<TermsVersion>? _all;

    /// <summary>A tenant's terms for a month: his own, else everybody's, else the platform's defaults.</summary>
    public async Task<BillingTerms> FindAsync(string tenant, string period, CancellationToken cancellationToken)
    {
        _all ??= await database.Terms.AsNoTracking().ToListAsync(cancellationToken);
        var holding = _all
            .Where(row => row.Tenant == tenant || row.Tenant.Length == 0)
            .Where(row => string.CompareOrdinal(row.FromPeriod, period) <= 0)
            .OrderByDescending(row => row.Tenant.Length > 0)
            .ThenByDescending(row => row.FromPeriod, StringComparer.Ordinal)
            .ThenByDescending(row => row.Id)
            .FirstOrDefault();
        return holding is null
            ? new BillingTerms()
            : JsonSerializer.Deserialize<BillingTerms>(holding.Terms, ProposalDesk.Json)!;
    }

    /// <summary>A tenant's month, in the zone of his terms.</summary>
    public async Task<BillPeriod?> PeriodAsync(string tenant, string period, CancellationToken cancellationToken)
    {
        var terms = await FindAsync(tenant, period, cancellationToken);
        return BillPeriod.TryParse(period, ZoneOf(terms), out var month) ? month : null;
    }

    /// <summary>The zone that bounds months under some terms.</summary>
    public string ZoneOf(BillingTerms terms) => terms.TimeZone ?? configuration.Current.Server.TimeZone;

    /// <summary>The latest rate of a day before a month's end; null when none is known.</summary>
    public async Task<ExchangeRate?> RateAsync(string currency, BillPeriod period, CancellationToken cancellationToken)
    {
        var end = DateOnly.FromDateTime(period.EndsAt.UtcDateTime);
        return await database.ExchangeRates.AsNoTracking()
            .Where(rate => rate.Currency == currency && rate.Day < end)
            .OrderByDescending(rate => rate.Day).ThenByDescending(rate => rate.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }
}
