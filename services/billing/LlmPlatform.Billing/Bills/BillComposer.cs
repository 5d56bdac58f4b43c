using LlmPlatform.Billing.Pricing;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// From sums to a bill. Pure: the same sums, prices and terms give the same bill, in whatever order they come.
/// </summary>
internal static class BillComposer
{
    private const int Decimals = 12;

    /// <summary>The bill of one tenant; its lines add up to its total exactly.</summary>
    public static Bill Compose(BillBasis basis)
    {
        var terms = basis.Terms;
        var perUsd = terms.Currency == Currencies.Usd ? 1m : basis.Exchange?.PerUsd;
        var lines = Numbered(basis.Lines, perUsd ?? 0);
        var subtotal = lines.Sum(line => line.Amount);
        var payable = Currencies.Payable(subtotal * (1 + terms.TaxShare), terms.Currency);
        var decimals = Currencies.DecimalsOf(terms.Currency);
        var net = Currencies.Payable(subtotal, terms.Currency);
        var totalUsd = lines.Sum(line => line.AmountUsd);
        return new Bill
        {
            Id = BillId.Of(basis.Tenant, basis.Period.Name),
            Tenant = basis.Tenant,
            Period = basis.Period.Name,
            TimeZone = basis.Period.TimeZone,
            PeriodStart = basis.Period.StartsAt,
            PeriodEnd = basis.Period.EndsAt,
            State = basis.State,
            Currency = terms.Currency,
            TotalUsd = totalUsd.Trimmed(),
            PayableUsd = Currencies.Payable(totalUsd, Currencies.Usd),
            Payable = perUsd is null ? null : payable,
            DataQuality = QualityOf(basis),
            Issuer = terms.Issuer,
            Customer = terms.Customer ?? new BillParty { Name = basis.Tenant },
            PurchaseOrder = terms.PurchaseOrder,
            Series = terms.Series,
            Exchange = basis.Exchange,
            ListUsd = lines.Sum(line => line.ListUsd).Trimmed(),
            DiscountUsd = lines.Sum(line => line.DiscountUsd).Trimmed(),
            MarkupUsd = lines.Sum(line => line.MarkupUsd).Trimmed(),
            Subtotal = subtotal.Trimmed(),
            Net = net,
            TaxCode = terms.TaxCode,
            TaxShare = terms.TaxShare,
            Tax = payable - net,
            Rounding = (net - subtotal).Trimmed(),
            PaymentDays = terms.PaymentDays,
            Accounts = terms.Accounts,
            ComputedAt = basis.ComputedAt,
            PriceBook = basis.PriceBook,
            CostCenters = CostCentersOf(lines, net, decimals),
            Days = basis.Days,
            Lines = lines,
        };
    }

    /// <summary>The lines of a month by its sums, at a tenant's terms.</summary>
    public static IEnumerable<BillLine> LinesOf(
        string servicePeriod, IEnumerable<UsageSums> sums, PriceHistory prices, BillingTerms terms) =>
        sums.SelectMany(place => LinesOf(servicePeriod, place, prices)).Select(line => Charged(line, terms));

    /// <summary>What has come, or changed, of a month since it was billed.</summary>
    /// <param name="current">Its lines as they are now.</param>
    /// <param name="billed">Its lines on every bill that holds.</param>
    public static IEnumerable<BillLine> Corrections(IEnumerable<BillLine> current, IEnumerable<BillLine> billed) =>
        current.Concat(billed.Select(Negative))
            .GroupBy(line => line.Key(), StringComparer.Ordinal)
            .Select(same => same.First() with
            {
                IsCorrection = true,
                Quantity = same.Sum(line => line.Quantity),
                ListUsd = same.Sum(line => line.ListUsd).Trimmed(),
                DiscountUsd = same.Sum(line => line.DiscountUsd).Trimmed(),
                MarkupUsd = same.Sum(line => line.MarkupUsd).Trimmed(),
                AmountUsd = same.Sum(line => line.AmountUsd).Trimmed(),
            })
            .Where(line => line.Quantity != 0 || line.AmountUsd != 0 || line.ListUsd != 0);

    private static BillLine Negative(BillLine line) => line with
    {
        Quantity = -line.Quantity,
        ListUsd = -line.ListUsd,
        DiscountUsd = -line.DiscountUsd,
        MarkupUsd = -line.MarkupUsd,
        AmountUsd = -line.AmountUsd,
    };

    private static List<BillLine> Numbered(IEnumerable<BillLine> lines, decimal perUsd) =>
    [
        .. lines.OrderBy(line => line.IsCorrection)
            .ThenBy(line => line.ServicePeriod, StringComparer.Ordinal)
            .ThenBy(line => line.CostCenter, StringComparer.Ordinal)
            .ThenBy(line => line.Team, StringComparer.Ordinal)
            .ThenBy(line => line.Provider, StringComparer.Ordinal)
            .ThenBy(line => line.Model, StringComparer.Ordinal)
            .ThenBy(line => line.ServiceTier, StringComparer.Ordinal)
            .ThenBy(line => line.Region, StringComparer.Ordinal)
            .ThenBy(line => line.TokenClass, StringComparer.Ordinal)
            .ThenBy(line => line.PriceVersion, StringComparer.Ordinal)
            .ThenBy(line => line.PriceVariant, StringComparer.Ordinal)
            .Select((line, index) => line with
            {
                Number = index + 1,
                Amount = decimal.Round(line.AmountUsd * perUsd, Decimals, MidpointRounding.ToEven).Trimmed(),
            }),
    ];

    private static IEnumerable<BillLine> LinesOf(string servicePeriod, UsageSums place, PriceHistory prices)
    {
        var price = place.PriceVersion.Length == 0 ? null : prices.FindVersion(place.PriceVersion);
        var rates = price?.RatesOf(place.PriceVariant);
        var amounts = 0m;
        foreach (var (tokens, quantity) in TokenClass.All.Zip(place.Quantities))
        {
            var unitPrice = rates is null ? (decimal?)null : tokens.UnitPrice(rates);

            // Tokens are shown whatever they cost; requests only where they cost something.
            if (quantity == 0 || (tokens.Column is null && unitPrice is null or 0))
            {
                continue;
            }

            var amount = (unitPrice ?? 0) * quantity / tokens.Per;
            amounts += amount;
            yield return Line(servicePeriod, place, tokens.Name, quantity, tokens.Per, unitPrice, amount);
        }

        // The rows' own costs are the truth. They and the lines part only if a price needed more than twelve decimals,
        // or its version is gone from the book; then the bill says so rather than not add up.
        if (place.CostUsd != amounts)
        {
            yield return Line(
                servicePeriod, place, BillLine.Adjustment, place.RowCount, 1, null, place.CostUsd - amounts);
        }
    }

    private static BillLine Line(
        string servicePeriod,
        UsageSums place,
        string tokenClass,
        long quantity,
        int per,
        decimal? unitPrice,
        decimal amount) => new()
        {
            ServicePeriod = servicePeriod,
            CostCenter = place.CostCenter,
            Team = place.Team,
            Provider = place.Provider,
            Model = place.Model,
            ServiceTier = place.ServiceTier,
            Region = place.Region,
            TokenClass = tokenClass,
            Quantity = quantity,
            PricePer = per,
            UnitPriceUsd = unitPrice?.Trimmed(),
            PriceVersion = place.PriceVersion.Length == 0 ? null : place.PriceVersion,
            PriceVariant = place.PriceVariant,
            ListUsd = amount.Trimmed(),
            AmountUsd = amount.Trimmed(),
        };

    private static BillLine Charged(BillLine line, BillingTerms terms)
    {
        var discount = Share(line.ListUsd, terms.DiscountOn(line.Provider, line.Model));
        var markup = Share(line.ListUsd - discount, terms.MarkupShare);
        return line with
        {
            DiscountUsd = discount,
            MarkupUsd = markup,
            AmountUsd = (line.ListUsd - discount + markup).Trimmed(),
        };
    }

    private static decimal Share(decimal amount, decimal share) =>
        decimal.Round(amount * share, Decimals, MidpointRounding.ToEven).Trimmed();

    private static List<BillCostCenter> CostCentersOf(IReadOnlyList<BillLine> lines, decimal net, int decimals)
    {
        var centers = lines.GroupBy(line => line.CostCenter, StringComparer.Ordinal)
            .OrderBy(center => center.Key, StringComparer.Ordinal)
            .Select(center => (
                Name: center.Key,
                Usd: center.Sum(line => line.AmountUsd),
                Amount: center.Sum(line => line.Amount)))
            .ToList();
        var rounded = centers.Count == 0
            ? []
            : Apportionment.Of(net, [.. centers.Select(center => center.Amount)], decimals);
        return [.. centers.Zip(rounded, (center, amount) => new BillCostCenter(
            center.Name, center.Usd.Trimmed(), amount))];
    }

    private static BillQuality QualityOf(BillBasis basis)
    {
        var rows = basis.Sums.Sum(place => place.RowCount);
        var estimated = basis.Sums.Sum(place => place.Estimated);
        return new BillQuality
        {
            Rows = rows,
            EstimatedRows = estimated,
            EstimatedShare = rows == 0 ? 0 : decimal.Round((decimal)estimated / rows, 4),
            UnpricedRows = basis.Sums.Sum(place => place.Unpriced),
            QuarantinedEvents = basis.Quarantined,
        };
    }
}
