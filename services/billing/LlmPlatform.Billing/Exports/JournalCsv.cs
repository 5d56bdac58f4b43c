using System.Globalization;
using LlmPlatform.Billing.Bills;
using NodaTime;
using NodaTime.Text;

namespace LlmPlatform.Billing.Exports;

/// <summary>A bill as a journal for a general ledger: cost centres and tax against one account.</summary>
internal static class JournalCsv
{
    private static readonly string[] Header =
    [
        "posting_date", "document_date", "company_code", "reference", "line", "gl_account", "cost_center", "debit",
        "credit", "currency", "tax_code", "text",
    ];

    public static byte[] Write(Bill bill)
    {
        var accounts = bill.Accounts;
        var text = $"LLM usage {bill.Period}";
        var entries = bill.CostCenters
            .Select(center => (
                Account: accounts.Expense, center.CostCenter, center.Amount, TaxCode: bill.TaxCode ?? "", Text: text))
            .Append((
                Account: accounts.Tax, CostCenter: "", Amount: bill.Tax, TaxCode: bill.TaxCode ?? "",
                Text: $"Tax {bill.TaxCode}"))
            .Append((
                Account: accounts.Clearing, CostCenter: "", Amount: -(bill.Net + bill.Tax), TaxCode: "", Text: text))
            .Where(entry => entry.Amount != 0);
        var day = DayOf(bill);
        return CsvFile.Write(entries.Select((entry, index) => new[]
        {
            day,
            day,
            CsvFile.Safe(accounts.CompanyCode),
            bill.Number ?? bill.Id,
            (index + 1).ToString(CultureInfo.InvariantCulture),
            CsvFile.Safe(entry.Account),
            CsvFile.Safe(entry.CostCenter),
            entry.Amount > 0 ? Amounts.Text(entry.Amount) : "",
            entry.Amount < 0 ? Amounts.Text(-entry.Amount) : "",
            bill.Currency,
            CsvFile.Safe(entry.TaxCode),
            entry.Text,
        }).Prepend(Header));
    }

    // The day where the bill's months are counted.
    private static string DayOf(Bill bill)
    {
        var zone = DateTimeZoneProviders.Tzdb[bill.TimeZone];
        var at = Instant.FromDateTimeOffset(bill.IssuedAt ?? bill.ComputedAt);
        return LocalDatePattern.Iso.Format(at.InZone(zone).Date);
    }
}
