using System.Globalization;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>A bill as finance takes it: summary, who, what, when, corrections, how good it is.</summary>
internal static class BillPdf
{
    /// <summary>Rows of a table; what is beyond is summed up, and whole in the CSV.</summary>
    private const int MaxRows = 60;

    // What stands before the name that the holder of the master key gave.
    private const string MasterKey = "master:";

    public static byte[] Write(Bill bill)
    {
        var title = bill.Number is { } number ? $"Invoice {number}" : $"Bill {bill.Id} ({bill.State})";
        var pages = new PdfPages(title, bill.Issuer.Name, $"{title} · {bill.Period}", DateOf(bill));
        WriteHead(pages, bill, title);
        WriteSummary(pages, bill);
        WriteCostCenters(pages, bill);
        WriteModels(pages, bill);
        WriteCorrections(pages, bill);
        WriteDays(pages, bill);
        WriteQuality(pages, bill);
        return pages.ToFile();
    }

    private static void WriteHead(PdfPages pages, Bill bill, string title)
    {
        pages.Text(title, size: 20, bold: true);
        pages.Text(
            $"{bill.Period}: {DayOf(bill, bill.PeriodStart)} to {DayOf(bill, bill.PeriodEnd.AddTicks(-1))}, "
            + $"days of {bill.TimeZone}",
            grey: true);
        pages.Space(12);
        pages.Beside(["From", .. PartyOf(bill.Issuer)], ["To", .. PartyOf(bill.Customer)]);
        pages.Space(10);
        var facts = new List<string> { "Details" };
        if (bill.IssuedAt is { } issued)
        {
            facts.Add($"Issued {DayOf(bill, issued)}");
            facts.Add(FormattableString.Invariant(
                $"Payable until {DayOf(bill, issued.AddDays(bill.PaymentDays))} ({bill.PaymentDays} days, net)"));
        }

        if (bill.PurchaseOrder is { } order)
        {
            facts.Add($"Purchase order {order}");
        }

        facts.Add($"Tenant {bill.Tenant}");
        var persons = new List<string> { "Responsible" };
        persons.Add($"Closed by {Person(bill.PreparedBy)}");
        persons.Add($"Approved by {Person(bill.ApprovedBy)}");
        pages.Beside(facts, persons);
    }

    private static void WriteSummary(PdfPages pages, Bill bill)
    {
        pages.Heading("Summary");
        PdfColumn[] columns =
        [
            new("", pages.Width - 220), new("Metered, USD", 110, true), new($"Billed, {bill.Currency}", 110, true),
        ];
        var rows = new List<string[]>
        {
            new[] { "Usage at list prices", Exact(bill.ListUsd), "" },
            new[] { "Discounts", Exact(-bill.DiscountUsd), "" },
            new[] { "Mark-up", Exact(bill.MarkupUsd), "" },
            new[] { "Charged, before rounding", Exact(bill.TotalUsd), Exact(bill.Subtotal) },
            new[] { "Rounding", "", Exact(bill.Rounding) },
            new[] { "Net", "", Money(bill, bill.Net) },
            new[] { TaxOf(bill), "", Money(bill, bill.Tax) },
        };
        pages.Table(columns, rows, ["Payable", "", bill.Payable is { } payable ? Money(bill, payable) : "not known"]);
        if (bill.Exchange is { } exchange)
        {
            pages.Text(
                FormattableString.Invariant($"1 USD = {exchange.PerUsd} {bill.Currency}, {exchange.Source}, ")
                + FormattableString.Invariant($"{exchange.Day:yyyy-MM-dd}; the rate is pinned by this bill."),
                size: 8,
                grey: true);
        }
    }

    private static void WriteCostCenters(PdfPages pages, Bill bill)
    {
        pages.Heading("Cost centres");
        PdfColumn[] columns =
            [new("Cost centre", pages.Width - 220, Wraps: true), new("USD", 110, true), new(bill.Currency, 110, true)];
        var centers = bill.CostCenters.OrderByDescending(center => center.Amount)
            .ThenBy(center => center.CostCenter, StringComparer.Ordinal).ToList();
        var rows = centers.Take(MaxRows).Select(center => new[]
        {
            center.CostCenter.Length == 0 ? "(none named)" : center.CostCenter,
            Exact(center.AmountUsd),
            Money(bill, center.Amount),
        }).ToList();
        if (centers.Count > MaxRows)
        {
            var rest = centers.Skip(MaxRows).ToList();
            rows.Add(
            [
                $"{rest.Count} more",
                Exact(rest.Sum(center => center.AmountUsd)),
                Money(bill, rest.Sum(center => center.Amount)),
            ]);
        }

        pages.Table(columns, rows, ["Net", Exact(bill.TotalUsd), Money(bill, bill.Net)]);
    }

    private static void WriteModels(PdfPages pages, Bill bill)
    {
        pages.Heading("Models");
        PdfColumn[] columns =
        [
            new("Model", 150, Wraps: true), new("Provider", 110, Wraps: true), new("Tier", 60, Wraps: true),
            new("Tokens", 89, true), new("USD", 90, true),
        ];
        var models = bill.Lines.Where(line => !line.IsCorrection)
            .GroupBy(line => (line.Model, line.Provider, line.ServiceTier))
            .Select(model => (
                model.Key,
                Tokens: model.Where(line => TokenClass.UnitOf(line.TokenClass) == TokenClass.Tokens)
                    .Sum(line => line.Quantity),
                IsUnpriced: model.Any(line => line.IsUnpriced),
                Usd: model.Sum(line => line.AmountUsd)))
            .OrderByDescending(model => model.Usd).ThenBy(model => model.Key.ToString(), StringComparer.Ordinal)
            .ToList();
        var rows = models.Take(MaxRows).Select(model => new[]
        {
            model.IsUnpriced && model.Usd != 0 ? $"{model.Key.Model} *" : model.Key.Model, model.Key.Provider,
            model.Key.ServiceTier, Whole(model.Tokens),
            model.IsUnpriced && model.Usd == 0 ? "no price" : Exact(model.Usd),
        }).ToList();
        if (models.Count > MaxRows)
        {
            var rest = models.Skip(MaxRows).ToList();
            rows.Add(
            [
                $"{rest.Count} more", "", "", Whole(rest.Sum(model => model.Tokens)),
                Exact(rest.Sum(model => model.Usd)),
            ]);
        }

        pages.Table(columns, rows, ["Total", "", "", Whole(models.Sum(m => m.Tokens)), Exact(models.Sum(m => m.Usd))]);
        if (models.Any(model => model.IsUnpriced))
        {
            const string later = "is charged once it has one, as a correction on a later invoice.";
            pages.Text($"What has no price (*: some of it) is not charged here; it {later}", size: 8, grey: true);
        }
    }

    private static void WriteCorrections(PdfPages pages, Bill bill)
    {
        var months = bill.Lines.Where(line => line.IsCorrection)
            .GroupBy(line => (line.ServicePeriod, line.CostCenter)).ToList();
        if (months.Count == 0)
        {
            return;
        }

        pages.Heading("Corrections of earlier months");
        PdfColumn[] columns =
        [
            new("Month", 80), new("Cost centre", pages.Width - 260, Wraps: true), new("Lines", 60, true),
            new("USD", 120, true),
        ];
        var rows = months.Take(MaxRows).Select(month => new[]
        {
            month.Key.ServicePeriod,
            month.Key.CostCenter.Length == 0 ? "(none named)" : month.Key.CostCenter,
            Whole(month.Count()),
            Exact(month.Sum(line => line.AmountUsd)),
        }).ToList();
        var lines = months.SelectMany(month => month).ToList();
        if (months.Count > MaxRows)
        {
            var rest = months.Skip(MaxRows).SelectMany(month => month).ToList();
            rows.Add(
            [
                $"{months.Count - MaxRows} more", "", Whole(rest.Count), Exact(rest.Sum(line => line.AmountUsd)),
            ]);
        }

        pages.Table(columns, rows, ["Total", "", Whole(lines.Count), Exact(lines.Sum(line => line.AmountUsd))]);
    }

    private static void WriteDays(PdfPages pages, Bill bill)
    {
        pages.Heading("Days, at list prices");
        PdfColumn[] columns =
        [
            new("Day", pages.Width - 300), new("Requests", 90, true), new("Tokens", 110, true), new("USD", 100, true),
        ];
        pages.Table(
            columns,
            bill.Days.Select(day => new[] { day.Day, Whole(day.Requests), Whole(day.Tokens), Exact(day.ListUsd) }),
            [
                "Total", Whole(bill.Days.Sum(day => day.Requests)), Whole(bill.Days.Sum(day => day.Tokens)),
                Exact(bill.Days.Sum(day => day.ListUsd)),
            ]);
    }

    private static void WriteQuality(PdfPages pages, Bill bill)
    {
        pages.Heading("How good this bill's data is");
        var quality = bill.DataQuality;
        pages.Text(FormattableString.Invariant(
            $"{quality.Rows} usage events; {quality.EstimatedRows} estimated, {quality.UnpricedRows} without a price, ")
            + FormattableString.Invariant($"{quality.QuarantinedEvents} that could not be stored. Read ")
            + FormattableString.Invariant($"{bill.ComputedAt:u}, price book {bill.PriceBook}."));
        pages.Space(4);
        pages.Table(
            [new("Check", 90), new("Result", 60), new("Found", pages.Width - 150, Wraps: true)],
            bill.Gates.Select(gate => new[]
            {
                gate.Name, gate.Passed ? "passed" : gate.WaivedBy is null ? "open" : "waived", gate.Detail,
            }));
        foreach (var waived in bill.Gates.Where(gate => gate.WaivedBy is not null))
        {
            pages.Text($"{waived.Name}: waived by {Person(waived.WaivedBy)}: {waived.WaivedBecause}", size: 8);
        }

        if (bill.Number is not null)
        {
            pages.Space(4);
            pages.Text($"The document before in series {bill.Series}: {bill.PreviousHash ?? "none"}", 7, grey: true);
        }
    }

    internal static IEnumerable<string> PartyOf(BillParty party) =>
        party.Address.Prepend(party.Name).Concat(party.TaxId is { } id ? [$"Tax id {id}"] : []);

    internal static string TaxOf(Bill bill) => bill.TaxCode is null
        ? "Tax, none"
        : FormattableString.Invariant($"Tax {bill.TaxCode} {bill.TaxShare:P2}");

    private static DateTimeOffset DateOf(Bill bill) => bill.IssuedAt ?? bill.ComputedAt;

    /// <summary>A day, where the bill's months are counted.</summary>
    internal static string DayOf(Bill bill, DateTimeOffset at)
    {
        var zone = NodaTime.DateTimeZoneProviders.Tzdb[bill.TimeZone];
        var local = NodaTime.Instant.FromDateTimeOffset(at).InZone(zone);
        return local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>A person as readers of papers know him.</summary>
    internal static string Person(string? person) => person switch
    {
        null => "nobody yet",
        "master" => "the master key",
        _ when person.StartsWith(MasterKey, StringComparison.Ordinal) => $"{person[MasterKey.Length..]} (master key)",
        _ => person,
    };

    private static string Exact(decimal amount) => amount.ToString("#,##0.000000", CultureInfo.InvariantCulture);

    internal static string Money(Bill bill, decimal amount) => amount.ToString(
        "N" + Currencies.DecimalsOf(bill.Currency).ToString(CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture);

    private static string Whole(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
