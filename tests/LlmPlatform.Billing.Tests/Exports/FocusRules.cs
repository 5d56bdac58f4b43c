using System.Globalization;

namespace LlmPlatform.Billing.Tests.Exports;

/// <summary>
/// What FOCUS says of columns of Cost and Usage together: which are null with which, and what gives what.
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
        ("BillingAccountId", "BillingAccountType"),
    ];

    /// <summary>The names of the rules that some record breaks; empty: none.</summary>
    public static IReadOnlyList<string> BrokenBy(IReadOnlyList<string[]> records)
    {
        var rows = records.Skip(1)
            .Select(record => records[0].Zip(record).ToDictionary(field => field.First, field => field.Second))
            .ToList();
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

        if (Number("EffectiveCost") != Number("BilledCost"))
            yield return "EffectiveCost is not BilledCost, and nothing is covered by anything.";
        if (category == "Credit" && Number("ContractedCost") != Number("BilledCost"))
            yield return "ContractedCost of a credit is not its BilledCost.";
        if (!Before("ChargePeriodStart", "ChargePeriodEnd") || !Before("BillingPeriodStart", "BillingPeriodEnd"))
            yield return "A period ends before it starts.";
        if (isCorrection != Before("ChargePeriodStart", "BillingPeriodStart"))
            yield return "ChargeClass is Correction where, and only where, a period is corrected that is closed.";

        decimal Number(string column) => decimal.Parse(row[column], CultureInfo.InvariantCulture);
        bool Before(string one, string other) => string.CompareOrdinal(row[one], row[other]) < 0;
    }

    // One and the same id always stands beside the same value.
    private static IEnumerable<string> Consistent(
        IEnumerable<Dictionary<string, string>> rows, string id, string column) =>
        rows.Where(row => row[id].Length > 0).GroupBy(row => row[id])
            .Where(same => same.Select(row => row[column]).Distinct().Count() > 1)
            .Select(same => $"{column} differs for {id} '{same.Key}'.");
}
