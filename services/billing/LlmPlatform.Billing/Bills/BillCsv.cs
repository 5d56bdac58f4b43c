using System.Globalization;
using CsvHelper;

namespace LlmPlatform.Billing.Bills;

/// <summary>A bill's lines as CSV (RFC 4180, UTF-8 without a byte order mark), its total in the last record.</summary>
internal static class BillCsv
{
    private const string Total = "total";

    private static readonly string[] Header =
    [
        "bill_id", "tenant", "period", "cost_center", "team", "provider", "model", "token_class", "quantity",
        "price_per", "unit_price_usd", "price_version", "amount_usd", "currency",
    ];

    // Names are made safe here: the writer's own protection knows neither blanks before a sign nor full-width signs,
    // and would spoil a negative amount.
    private static readonly CsvWriterOptions Rfc4180 = new() { NewLine = "\r\n", Injection = CsvInjection.None };

    public static byte[] Write(Bill bill)
    {
        using var file = new MemoryStream();
        using (var csv = CsvWriter.Create(file, Rfc4180, leaveOpen: true))
        {
            csv.WriteRecord(Header);
            foreach (var line in bill.Lines)
            {
                csv.WriteRecord(FieldsOf(bill, line));
            }

            string[] total =
            [
                bill.Id, Safe(bill.Tenant), bill.Period, "", "", "", "", Total, "", "", "", "",
                Amounts.Text(bill.TotalUsd), bill.Currency,
            ];
            csv.WriteRecord(total);
        }

        return file.ToArray();
    }

    /// <summary>
    /// Text that a spreadsheet would take for a formula gets an apostrophe before it. Names come from outside: a tenant
    /// called <c>=HYPERLINK(…)</c> must stay a name.
    /// </summary>
    public static string Safe(string text)
    {
        var first = text.TrimStart(' ').FirstOrDefault();
        return first is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠'
            ? "'" + text
            : text;
    }

    private static string[] FieldsOf(Bill bill, BillLine line) =>
    [
        bill.Id,
        Safe(bill.Tenant),
        bill.Period,
        Safe(line.CostCenter),
        Safe(line.Team),
        Safe(line.Provider),
        Safe(line.Model),
        line.TokenClass,
        line.Quantity.ToString(CultureInfo.InvariantCulture),
        line.PricePer.ToString(CultureInfo.InvariantCulture),
        line.UnitPriceUsd is { } unitPrice ? Amounts.Text(unitPrice) : "",
        line.PriceVersion ?? "",
        Amounts.Text(line.AmountUsd),
        bill.Currency,
    ];
}
