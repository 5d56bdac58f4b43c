using System.Globalization;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>A bill's lines as CSV (RFC 4180, UTF-8 without a byte order mark), its total in the last record.</summary>
internal static class BillCsv
{
    private const string Total = "total";

    private static readonly string[] Header =
    [
        "bill_id", "tenant", "period", "cost_center", "team", "provider", "model", "token_class", "quantity",
        "price_per", "unit_price_usd", "price_version", "amount_usd", "currency", "line", "number", "service_period",
        "correction", "service_tier", "region", "price_variant", "list_usd", "discount_usd", "markup_usd", "amount",
        "tax", "rounding", "payable",
    ];

    public static byte[] Write(Bill bill) => CsvFile.Write(
        bill.Lines.Select(line => FieldsOf(bill, line)).Prepend(Header).Append(TotalOf(bill)));

    private static string[] TotalOf(Bill bill) =>
    [
        bill.Id, CsvFile.Safe(bill.Tenant), bill.Period, "", "", "", "", Total, "", "", "", "",
        Amounts.Text(bill.TotalUsd), bill.Currency, "", bill.Number ?? "", "", "", "", "", "",
        Amounts.Text(bill.ListUsd), Amounts.Text(bill.DiscountUsd), Amounts.Text(bill.MarkupUsd),
        Amounts.Text(bill.Subtotal), Amounts.Text(bill.Tax), Amounts.Text(bill.Rounding),
        bill.Payable is { } payable ? Amounts.Text(payable) : "",
    ];

    private static string[] FieldsOf(Bill bill, BillLine line) =>
    [
        bill.Id,
        CsvFile.Safe(bill.Tenant),
        bill.Period,
        CsvFile.Safe(line.CostCenter),
        CsvFile.Safe(line.Team),
        CsvFile.Safe(line.Provider),
        CsvFile.Safe(line.Model),
        line.TokenClass,
        line.Quantity.ToString(CultureInfo.InvariantCulture),
        line.PricePer.ToString(CultureInfo.InvariantCulture),
        line.UnitPriceUsd is { } unitPrice ? Amounts.Text(unitPrice) : "",
        line.PriceVersion ?? "",
        Amounts.Text(line.AmountUsd),
        bill.Currency,
        line.Number.ToString(CultureInfo.InvariantCulture),
        bill.Number ?? "",
        line.ServicePeriod,
        line.IsCorrection ? "true" : "false",
        CsvFile.Safe(line.ServiceTier),
        CsvFile.Safe(line.Region),
        CsvFile.Safe(line.PriceVariant),
        Amounts.Text(line.ListUsd),
        Amounts.Text(line.DiscountUsd),
        Amounts.Text(line.MarkupUsd),
        Amounts.Text(line.Amount),
        "",
        "",
        "",
    ];
}
