using System.Globalization;

namespace LlmPlatform.Billing.Tests.Exports;

/// <summary>
/// What FOCUS says of columns together: which are null with which, and what gives what. Each is on the page of the
/// column that is named first.
/// </summary>
internal static class FocusRules
{
    private static readonly string[] OfPrice =
    [
        "ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice", "ListUnitPrice", "PricingCategory",
        "PricingCurrencyContractedUnitPrice", "PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit",
        "SkuPriceDetails",
    ];

    private static readonly (string One, string Other)[] Pairs =
    [
        ("ConsumedQuantity", "ConsumedUnit"), ("PricingQuantity", "PricingUnit"), ("RegionId", "RegionName"),
        ("SubAccountId", "SubAccountType"), ("SubAccountId", "SubAccountName"),
        ("CapacityReservationId", "CapacityReservationStatus"), ("CommitmentDiscountId", "CommitmentDiscountStatus"),
        ("BillingAccountId", "BillingAccountType"), ("CommitmentDiscountId", "CommitmentDiscountCategory"),
        ("CommitmentDiscountId", "CommitmentDiscountType"), ("CommitmentDiscountId", "CommitmentDiscountQuantity"),
        ("CommitmentDiscountQuantity", "CommitmentDiscountUnit"), ("ResourceId", "ResourceType"),
    ];

    /// <summary>The names of the rules that some record breaks; empty: none.</summary>
    public static IReadOnlyList<string> BrokenBy(IReadOnlyList<string[]> records)
    {
        var rows = RowsOf(records);
        return
        [
            .. rows.SelectMany((row, index) => BrokenBy(row).Select(rule => $"Record {index + 1}: {rule}")),
            .. Consistent(rows, "SkuPriceId", "SkuId"),
            .. Consistent(rows, "SkuPriceId", "SkuPriceDetails"),
            .. Consistent(rows, "SkuId", "SkuMeter"),
        ];
    }

    private static IEnumerable<string> BrokenBy(Dictionary<string, string> row)
    {
        bool Has(string column) => row[column].Length > 0;
        var (category, isCorrection) = (row["ChargeCategory"], row["ChargeClass"] == "Correction");
        var isBought = category is "Usage" or "Purchase";
        foreach (var column in OfPrice.Append("SkuMeter").Append("SkuPriceId").Where(Has))
        {
            if (!Has(column == "SkuPriceId" || column == "SkuMeter" ? "SkuId" : "SkuPriceId"))
                yield return $"{column} is given, and what it belongs to is not.";
            if (category == "Tax" || (category != "Usage" && column.StartsWith("Consumed", StringComparison.Ordinal)))
                yield return $"{column} is given for {category}.";
        }

        foreach (var column in OfPrice.Append("SkuPriceId").Append("SkuId").Where(column => !Has(column)))
        {
            if (isBought && !isCorrection)
                yield return $"{column} is null for {category}.";
            if (column.EndsWith("UnitPrice", StringComparison.Ordinal) && Has("SkuPriceId"))
                yield return $"{column} is null beside SkuPriceId.";
        }

        foreach (var (one, other) in Pairs.Where(pair => Has(pair.One) != Has(pair.Other)))
            yield return $"Of {one} and {other} one is null.";
        foreach (var (cost, price) in new[]
        {
            ("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice"),
        })
        {
            if (Has(price) && Math.Abs(Number(cost) - (Number(price) * Number("PricingQuantity"))) > 0.00000001m)
                yield return $"{cost} is not {price} times PricingQuantity.";
        }

        // What another invoices is none of our invoices, and billed by us at 0.
        var isOurs = Has("InvoiceId");
        if (isOurs ? Number("EffectiveCost") != Number("BilledCost") : Number("BilledCost") != 0)
            yield return "EffectiveCost is not BilledCost, and nothing is covered by anything; or it is billed twice.";
        foreach (var cost in new[] { "ContractedCost", "ListCost" })
        {
            if (category == "Credit" && Number(cost) != Number("BilledCost"))
                yield return $"{cost} of a credit is not its BilledCost.";
        }

        if (category == "Purchase" && row["ChargeFrequency"] == "Usage-Based")
            yield return "ChargeFrequency of a purchase is its usage.";
        if (!Before("ChargePeriodStart", "ChargePeriodEnd") || !Before("BillingPeriodStart", "BillingPeriodEnd"))
            yield return "A period ends before it starts.";
        if (isCorrection != Before("ChargePeriodStart", "BillingPeriodStart"))
            yield return "ChargeClass is Correction where, and only where, a period is corrected that is closed.";

        decimal Number(string column) => decimal.Parse(row[column], CultureInfo.InvariantCulture);
        bool Before(string one, string other) => string.CompareOrdinal(row[one], row[other]) < 0;
    }

    /// <summary>The same of Invoice Detail beside the Billing Periods it belongs to.</summary>
    public static IReadOnlyList<string> BrokenByDetails(IReadOnlyList<string[]> records, IReadOnlyList<string[]> times)
    {
        var rows = RowsOf(records);
        var closed = RowsOf(times).Where(time => time["BillingPeriodStatus"] == "Closed").ToDictionary(
            time => (time["BillingPeriodStart"], time["InvoiceIssuerName"]), time => time["BillingPeriodLastUpdated"]);
        return
        [
            .. rows.SelectMany(OfOne),
            .. rows.GroupBy(row => (row["InvoiceIssuerName"], row["InvoiceId"], row["InvoiceDetailId"]))
                .Where(same => same.Count() > 1).Select(same => $"InvoiceDetailId {same.Key} is there twice."),
        ];

        IEnumerable<string> OfOne(Dictionary<string, string> row)
        {
            if (string.CompareOrdinal(row["InvoiceDetailLastUpdated"], row["InvoiceDetailCreated"]) < 0)
                yield return "InvoiceDetailLastUpdated is before InvoiceDetailCreated.";
            if (closed.GetValueOrDefault((row["BillingPeriodStart"], row["InvoiceIssuerName"])) is { } closedAt
                && string.CompareOrdinal(row["InvoiceDetailCreated"], closedAt) > 0)
                yield return "InvoiceDetailCreated is after its month was closed.";
            if (row["PaymentCurrencyInvoiceDetailId"] != row["InvoiceDetailId"])
                yield return "PaymentCurrencyInvoiceDetailId is of another record, and each has its own amount.";
            if (row["PaymentCurrency"] == row["BillingCurrency"]
                && row["PaymentCurrencyBilledCost"] != row["BilledCost"])
                yield return "PaymentCurrencyBilledCost is not BilledCost in one currency.";
            if (row["InvoiceIssueStatus"] == "Open" != (row["InvoiceIssueDate"].Length == 0))
                yield return "InvoiceIssueDate is there before the issue, or is not after it.";
        }
    }

    /// <summary>The same of Billing Periods.</summary>
    public static IReadOnlyList<string> BrokenByPeriods(IReadOnlyList<string[]> records)
    {
        var rows = RowsOf(records);
        return
        [
            .. rows.Where(row =>
                    string.CompareOrdinal(row["BillingPeriodLastUpdated"], row["BillingPeriodCreated"]) < 0)
                .Select(_ => "BillingPeriodLastUpdated is before BillingPeriodCreated."),
            .. rows.GroupBy(row => (row["InvoiceIssuerName"], row["BillingPeriodStart"]))
                .Where(same => same.Count() > 1).Select(same => $"BillingPeriodStart {same.Key} is there twice."),
        ];
    }

    private static List<Dictionary<string, string>> RowsOf(IReadOnlyList<string[]> records) =>
    [
        .. records.Skip(1).Select(
            record => records[0].Zip(record).ToDictionary(field => field.First, field => field.Second)),
    ];

    // One and the same id always stands beside the same value.
    private static IEnumerable<string> Consistent(
        IEnumerable<Dictionary<string, string>> rows, string id, string column) =>
        rows.Where(row => row[id].Length > 0).GroupBy(row => row[id])
            .Where(same => same.Select(row => row[column]).Distinct().Count() > 1)
            .Select(same => $"{column} differs for {id} '{same.Key}'.");
}
