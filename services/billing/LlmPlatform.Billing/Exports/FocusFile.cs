using System.Text.Json;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>FOCUS datasets as CSV. A null is an empty field.</summary>
internal static class FocusFile
{
    /// <summary>The newest version written, and the default.</summary>
    public const string Latest = "1.4";

    /// <summary>Names of datasets, for a sentence.</summary>
    public const string Datasets = "cost_and_usage, invoice_detail, billing_period";

    /// <summary>A dataset over some bills.</summary>
    /// <param name="dataset">One of <see cref="Datasets"/>; of version 1.2 only the first.</param>
    /// <param name="version"><c>1.2</c> or <c>1.4</c>.</param>
    /// <param name="bills">In the order they are to be in.</param>
    /// <param name="credits">What was given back in that time: no provider's view has them.</param>
    /// <param name="ofProvider">What providers charge, rather than what we do.</param>
    /// <returns>Null: there is no such dataset.</returns>
    public static byte[]? Write(
        string dataset,
        string version,
        IReadOnlyList<Bill> bills,
        IReadOnlyList<CreditedBill> credits,
        bool ofProvider) =>
        (dataset, version) switch
        {
            ("cost_and_usage", "1.2") => Write(FocusColumns.CostAndUsage12, Charges(bills, credits, ofProvider)),
            ("cost_and_usage", "1.4") => Write(FocusColumns.CostAndUsage14, Charges(bills, credits, ofProvider)),
            ("invoice_detail", "1.4") => Write(
                FocusColumns.InvoiceDetail,
                bills.SelectMany(DetailsOf).Concat(credits.SelectMany(FocusCredits.DetailsOf))),
            ("billing_period", "1.4") => Write(
                FocusColumns.BillingPeriod,
                bills.Select(bill => new BilledTime(
                        bill.Issuer.Name, bill.PeriodStart, bill.PeriodEnd, bill.IssuedAt ?? bill.ComputedAt,
                        bill.IssuedAt is not null))
                    .Concat(credits.Select(credit => new BilledTime(
                        credit.Bill.Issuer.Name, credit.Period.StartsAt, credit.Period.EndsAt, credit.Note.IssuedAt,
                        null)))
                    .GroupBy(time => (time.Issuer, time.StartsAt, time.EndsAt)).Select(PeriodOf)),
            _ => null,
        };

    private static IEnumerable<IReadOnlyDictionary<string, string>> Charges(
        IReadOnlyList<Bill> bills, IReadOnlyList<CreditedBill> credits, bool ofProvider) =>
        bills.SelectMany(bill => FocusCharges.Of(bill, ofProvider))
            .Concat(ofProvider ? [] : credits.SelectMany(FocusCredits.ChargesOf));

    private static byte[] Write(
        IReadOnlyList<string> columns, IEnumerable<IReadOnlyDictionary<string, string>> rows) =>
        CsvFile.Write(rows.Select(row => columns.Select(column => CsvFile.Safe(row.GetValueOrDefault(column, "")) switch
        {
            // A negative number is none of a spreadsheet's formulas.
            ['\'', '-', >= '0' and <= '9', ..] safe => safe[1..],
            var safe => safe,
        }).ToArray()).Prepend([.. columns]));

    // By cost centre, exact, as the charges are; rounding and tax stand beside them.
    private static IEnumerable<Dictionary<string, string>> DetailsOf(Bill bill)
    {
        foreach (var center in bill.Lines.GroupBy(line => line.CostCenter, StringComparer.Ordinal)
            .OrderBy(center => center.Key, StringComparer.Ordinal))
        {
            var grain = JsonSerializer.Serialize(new Dictionary<string, string?>
            {
                ["SubAccountId"] = center.Key.Length == 0 ? null : center.Key,
            });
            yield return Detail(
                bill, "Usage", $"Usage of cost centre {center.Key}".TrimEnd(), grain,
                center.Sum(line => line.Amount), $"usage:{center.Key}");
        }

        if (bill.Tax != 0)
        {
            yield return Detail(bill, "Tax", bill.TaxCode ?? "Tax", "", bill.Tax, "tax");
        }

        if (bill.Rounding != 0)
        {
            yield return Detail(bill, "Adjustment", "Rounding", "", bill.Rounding, "rounding");
        }
    }

    /// <summary>A line of a bill's papers; empty where the grain is the invoice.</summary>
    public static Dictionary<string, string> Detail(
        Bill bill, string category, string description, string grain, decimal amount, string part)
    {
        var changed = FocusCharges.Instant(bill.VoidedAt ?? bill.IssuedAt ?? bill.ComputedAt);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BilledCost"] = Amounts.Text(amount),
            ["BillingAccountId"] = bill.Tenant,
            ["BillingCurrency"] = bill.Currency,
            ["BillingPeriodEnd"] = FocusCharges.Instant(bill.PeriodEnd),
            ["BillingPeriodStart"] = FocusCharges.Instant(bill.PeriodStart),
            ["ChargeCategory"] = category,
            ["InvoiceDetailCreated"] = FocusCharges.Instant(bill.ComputedAt),
            ["InvoiceDetailDescription"] = description,
            ["InvoiceDetailGrain"] = grain,
            ["InvoiceDetailId"] = FocusCharges.DetailIdOf(bill, part),
            ["InvoiceDetailLastUpdated"] = changed,
            ["InvoiceId"] = FocusCharges.InvoiceIdOf(bill),
            ["InvoiceIssueDate"] = bill.IssuedAt is { } issued ? FocusCharges.Instant(issued) : "",
            ["InvoiceIssueStatus"] = bill.State switch
            {
                BillStates.Issued or BillStates.Credited => "Issued",
                BillStates.Voided => "Voided",
                _ => "Open",
            },
            ["InvoiceIssuerName"] = bill.Issuer.Name,
            ["PaymentCurrency"] = bill.Currency,
            ["PaymentCurrencyBilledCost"] = Amounts.Text(amount),
            ["PaymentCurrencyInvoiceDetailId"] = FocusCharges.DetailIdOf(bill, part),
            ["PaymentDueDate"] =
                bill.IssuedAt is { } from ? FocusCharges.Instant(from.AddDays(bill.PaymentDays)) : "",
            ["PaymentTerms"] = $"Net {bill.PaymentDays}",
            ["PurchaseOrderNumber"] = bill.PurchaseOrder ?? "",
            ["ReferenceInvoiceId"] = FocusCharges.InvoiceIdOf(bill),
        };
    }

    // Closed: something was billed, all of it is issued. A credit note given in the month was issued when it was given,
    // and keeps nothing open.
    private static Dictionary<string, string> PeriodOf(
        IGrouping<(string Issuer, DateTimeOffset StartsAt, DateTimeOffset EndsAt), BilledTime> same) =>
        new(StringComparer.Ordinal)
        {
            ["BillingPeriodCreated"] = FocusCharges.Instant(same.Key.StartsAt),
            ["BillingPeriodStart"] = FocusCharges.Instant(same.Key.StartsAt),
            ["BillingPeriodEnd"] = FocusCharges.Instant(same.Key.EndsAt),
            ["BillingPeriodLastUpdated"] = FocusCharges.Instant(same.Max(time => time.ChangedAt)),
            ["BillingPeriodStatus"] = IsClosed(same) ? "Closed" : "Open",
            ["InvoiceIssuerName"] = same.Key.Issuer,
        };

    private static bool IsClosed(IEnumerable<BilledTime> same) =>
        same.Select(time => time.IsIssued).OfType<bool>().DefaultIfEmpty(false).All(isIssued => isIssued);

    /// <param name="Issuer">Who bills.</param>
    /// <param name="StartsAt">The month's first instant.</param>
    /// <param name="EndsAt">The first instant after it.</param>
    /// <param name="ChangedAt">When what was billed in it last changed.</param>
    /// <param name="IsIssued">Of a bill; null: something else.</param>
    private sealed record BilledTime(
        string Issuer, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset ChangedAt, bool? IsIssued);
}
