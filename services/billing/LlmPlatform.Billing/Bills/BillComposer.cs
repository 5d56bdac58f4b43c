using LlmPlatform.Billing.Pricing;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// From sums to a bill. Pure: the same sums and prices give the same bill, in whatever order they come.
/// </summary>
internal static class BillComposer
{
    private const string Draft = "draft";
    private const string Usd = "USD";
    private const int Cents = 2;

    /// <summary>The bill of one tenant; its lines add up to its total exactly.</summary>
    /// <param name="tenant">Whose sums these are.</param>
    /// <param name="period">The month.</param>
    /// <param name="sums">Of that tenant and month.</param>
    /// <param name="prices">Names the figures of each version.</param>
    /// <param name="quarantined">Events of the tenant and month that are in no sum.</param>
    public static Bill Compose(
        string tenant, BillPeriod period, IReadOnlyCollection<UsageSums> sums, PriceHistory prices, long quarantined)
    {
        var lines = sums.SelectMany(place => LinesOf(place, prices))
            .OrderBy(line => line.CostCenter, StringComparer.Ordinal)
            .ThenBy(line => line.Team, StringComparer.Ordinal)
            .ThenBy(line => line.Provider, StringComparer.Ordinal)
            .ThenBy(line => line.Model, StringComparer.Ordinal)
            .ThenBy(line => line.TokenClass, StringComparer.Ordinal)
            .ThenBy(line => line.PriceVersion, StringComparer.Ordinal)
            .ToList();
        var total = sums.Sum(place => place.CostUsd);
        return new Bill
        {
            Id = BillId.Of(tenant, period.Name),
            Tenant = tenant,
            Period = period.Name,
            TimeZone = period.TimeZone,
            PeriodStart = period.StartsAt,
            PeriodEnd = period.EndsAt,
            State = Draft,
            Currency = Usd,
            TotalUsd = total.Trimmed(),
            PayableUsd = decimal.Round(total, Cents, MidpointRounding.ToEven),
            DataQuality = QualityOf(sums, quarantined),
            Lines = lines,
        };
    }

    private static IEnumerable<BillLine> LinesOf(UsageSums place, PriceHistory prices)
    {
        var price = place.PriceVersion.Length == 0 ? null : prices.FindVersion(place.PriceVersion);
        var amounts = 0m;
        foreach (var (tokens, quantity) in TokenClass.All.Zip(place.Quantities))
        {
            var unitPrice = price is null ? (decimal?)null : tokens.UnitPrice(price);

            // Tokens are shown whatever they cost; requests only where they cost something.
            if (quantity == 0 || (tokens.Column is null && unitPrice is null or 0))
            {
                continue;
            }

            var amount = (unitPrice ?? 0) * quantity / tokens.Per;
            amounts += amount;
            yield return Line(place, tokens.Name, quantity, tokens.Per, unitPrice, amount);
        }

        // The rows' own costs are the truth. They and the lines part only if a price needed more than twelve decimals,
        // or its version is gone from the book; then the bill says so rather than not add up.
        if (place.CostUsd != amounts)
        {
            yield return Line(place, BillLine.Adjustment, place.RowCount, 1, null, place.CostUsd - amounts);
        }
    }

    private static BillLine Line(
        UsageSums place, string tokenClass, long quantity, int per, decimal? unitPrice, decimal amount) => new()
        {
            CostCenter = place.CostCenter,
            Team = place.Team,
            Provider = place.Provider,
            Model = place.Model,
            TokenClass = tokenClass,
            Quantity = quantity,
            PricePer = per,
            UnitPriceUsd = unitPrice?.Trimmed(),
            PriceVersion = place.PriceVersion.Length == 0 ? null : place.PriceVersion,
            AmountUsd = amount.Trimmed(),
        };

    private static BillQuality QualityOf(IReadOnlyCollection<UsageSums> sums, long quarantined)
    {
        var rows = sums.Sum(place => place.RowCount);
        var estimated = sums.Sum(place => place.Estimated);
        return new BillQuality
        {
            Rows = rows,
            EstimatedRows = estimated,
            EstimatedShare = rows == 0 ? 0 : decimal.Round((decimal)estimated / rows, 4),
            UnpricedRows = sums.Sum(place => place.Unpriced),
            QuarantinedEvents = quarantined,
        };
    }
}
