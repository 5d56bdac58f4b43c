using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// A bill as FOCUS charges: one row a line, one for tax and one for rounding, so that the billed costs of an invoice
/// add up to what is payable. Two views: what we charge the tenant (<c>chargeback</c>), and what the providers charge
/// for it at list price (<c>provider</c>). Those invoice it themselves, so nothing is billed in it (billedcost.md: who
/// does not invoice a charge bills 0, or it counts twice beside the provider's own data); it is the effective cost.
/// </summary>
internal static class FocusCharges
{
    private const int Decimals = 12;

    private static readonly string[] Parties =
    [
        "ServiceName", "ServiceProviderName", "HostProviderName", "ProviderName", "PublisherName", "InvoiceIssuerName",
    ];

    /// <summary>The rows of a bill, by column; a column that is not there is null.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Of(Bill bill, bool ofProvider)
    {
        foreach (var line in bill.Lines)
        {
            yield return Usage(bill, line, ofProvider);
        }

        if (ofProvider)
        {
            yield break;
        }

        if (bill.Tax != 0)
        {
            // Of the list costs it would be another amount (listcost.md).
            var tax = Other(bill, "Tax", bill.TaxCode ?? "Tax", bill.Tax, "tax");
            tax["ListCost"] = Converted(bill.ListUsd * bill.TaxShare, RateOf(bill));
            yield return tax;
        }

        if (bill.Rounding != 0)
        {
            yield return Other(bill, "Adjustment", "Rounding to the smallest coin", bill.Rounding, "rounding");
        }
    }

    /// <summary>An instant as FOCUS writes it.</summary>
    public static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The invoice a charge is on: its number, or, while it has none, the bill's id.</summary>
    public static string InvoiceIdOf(Bill bill) => bill.Number ?? bill.Id;

    /// <summary>The id of the detail of an invoice that a charge belongs to.</summary>
    public static string DetailIdOf(Bill bill, string part) => $"{InvoiceIdOf(bill)}:{part}";

    // What discounts and mark-up make of a list price is what was contracted: nothing here is paid in advance, so what
    // is billed, contracted and effective are one.
    private static Dictionary<string, string> Usage(Bill bill, BillLine line, bool ofProvider)
    {
        var rate = ofProvider ? 1m : RateOf(bill);
        var contractedUsd = ofProvider ? line.ListUsd : line.AmountUsd;
        var cost = ofProvider ? line.ListUsd : line.Amount;
        var row = Shared(bill, ofProvider);
        row["BilledCost"] = Number(ofProvider ? 0 : cost);
        row["ChargeCategory"] = IsPriced(line) ? "Usage" : "Adjustment";
        row["ChargeDescription"] = Description(line);
        row["ChargeFrequency"] = "Usage-Based";
        row["ContractedCost"] = Number(cost);
        row["EffectiveCost"] = Number(cost);
        row["ListCost"] = Converted(line.ListUsd, rate);
        row["PricingCurrencyEffectiveCost"] = Number(contractedUsd);
        row["RegionId"] = line.Region;
        row["RegionName"] = line.Region;
        row["ServiceName"] = line.Provider;
        row["SubAccountId"] = line.CostCenter;
        row["SubAccountName"] = line.CostCenter;
        row["SubAccountType"] = line.CostCenter.Length == 0 ? "" : "Cost Centre";
        row["Tags"] = line.Team.Length == 0 ? "" : JsonSerializer.Serialize(new { team = line.Team });
        row["InvoiceDetailId"] = ofProvider ? "" : DetailIdOf(bill, $"usage:{line.CostCenter}");
        row["ServiceProviderName"] = ofProvider ? line.Provider : bill.Issuer.Name;
        row["HostProviderName"] = line.Provider;
        row["ProviderName"] = ofProvider ? line.Provider : bill.Issuer.Name;
        row["PublisherName"] = line.Provider;
        row["InvoiceIssuerName"] = ofProvider ? line.Provider : bill.Issuer.Name;
        row["x_PriceVariant"] = line.PriceVariant;
        row["x_PriceVersionId"] = line.PriceVersion ?? "";
        row["x_ServicePeriod"] = line.ServicePeriod;
        row["x_Team"] = line.Team;
        if (line.IsCorrection)
        {
            row["ChargeClass"] = "Correction";
            var month = BillPeriod.Of(line.ServicePeriod, bill.TimeZone);
            row["ChargePeriodStart"] = Instant(month.StartsAt);
            row["ChargePeriodEnd"] = Instant(month.EndsAt);
        }

        if (IsPriced(line))
        {
            AddPrice(row, line, contractedUsd, rate);
        }

        return row;
    }

    // The version of a price changes with time, and the ids that FOCUS asks for do not: it stands in a column of ours.
    private static void AddPrice(Dictionary<string, string> row, BillLine line, decimal contractedUsd, decimal rate)
    {
        var unit = TokenClass.UnitOf(line.TokenClass);
        var listUnit = line.UnitPriceUsd!.Value;
        var contractedUnit = line.ListUsd == 0 ? listUnit : listUnit * contractedUsd / line.ListUsd;
        var sku = $"{line.Provider}/{line.Model}:{line.TokenClass}";
        row["ConsumedQuantity"] = Number(line.Quantity);
        row["ConsumedUnit"] = unit;
        row["PricingCategory"] = "Standard";
        row["PricingQuantity"] = Number((decimal)line.Quantity / line.PricePer);
        row["PricingUnit"] =
            line.PricePer > 1 ? string.Create(CultureInfo.InvariantCulture, $"{line.PricePer} {unit}") : unit;
        row["SkuId"] = sku;
        row["SkuMeter"] = MeterOf(line.TokenClass);
        row["SkuPriceDetails"] = DetailsOf(line);
        row["SkuPriceId"] = $"{sku}@{line.ServiceTier}"
            + (line.PriceVariant.Length == 0 ? "" : $"/{line.PriceVariant}");
        row["ListUnitPrice"] = Converted(listUnit, rate);
        row["ContractedUnitPrice"] = Converted(contractedUnit, rate);
        row["PricingCurrencyListUnitPrice"] = Number(listUnit);
        row["PricingCurrencyContractedUnitPrice"] = Converted(contractedUnit, 1);
    }

    private static Dictionary<string, string> Other(
        Bill bill, string category, string description, decimal amount, string part)
    {
        var row = OfIssuer(bill, category, description, amount);
        row["InvoiceDetailId"] = DetailIdOf(bill, part);
        row["x_ServicePeriod"] = bill.Period;
        return row;
    }

    /// <summary>A charge of ours that is for no usage.</summary>
    public static Dictionary<string, string> OfIssuer(Bill bill, string category, string description, decimal amount)
    {
        var row = Shared(bill, ofProvider: false);
        foreach (var cost in new[] { "BilledCost", "ContractedCost", "EffectiveCost", "ListCost" })
        {
            row[cost] = Number(amount);
        }

        row["ChargeCategory"] = category;
        row["ChargeDescription"] = description;
        row["ChargeFrequency"] = "One-Time";
        row["PricingCurrencyEffectiveCost"] = RateOf(bill) is not 0 and var rate ? Converted(amount / rate, 1) : "0";
        foreach (var party in Parties)
        {
            row[party] = bill.Issuer.Name;
        }

        return row;
    }

    private static Dictionary<string, string> Shared(Bill bill, bool ofProvider) => new(StringComparer.Ordinal)
    {
        ["BillingAccountId"] = bill.Tenant,
        ["BillingAccountName"] = bill.Customer.Name,
        ["BillingAccountType"] = "Tenant",
        ["BillingCurrency"] = ofProvider ? Currencies.Usd : bill.Currency,
        ["BillingPeriodStart"] = Instant(bill.PeriodStart),
        ["BillingPeriodEnd"] = Instant(bill.PeriodEnd),
        ["ChargePeriodStart"] = Instant(bill.PeriodStart),
        ["ChargePeriodEnd"] = Instant(bill.PeriodEnd),
        ["InvoiceId"] = ofProvider ? "" : InvoiceIdOf(bill),
        ["PricingCurrency"] = Currencies.Usd,
        ["ServiceCategory"] = "AI and Machine Learning",
        ["ServiceSubcategory"] = "Generative AI",
    };

    // A usage charge is a quantity at a price. What has no price, and what a correction moves without any quantity, is
    // none; it is shown as an adjustment.
    private static bool IsPriced(BillLine line) =>
        line.TokenClass != BillLine.Adjustment && line.UnitPriceUsd is not null
        && (line.ListUsd == 0 ? line.AmountUsd == 0 : line.AmountUsd / line.ListUsd >= 0);

    private static string Description(BillLine line) =>
        $"{line.Model} - {MeterOf(line.TokenClass)} - {line.ServiceTier}"
        + (line.PriceVariant.Length == 0 ? "" : $" ({line.PriceVariant})")
        + (line.IsUnpriced
            ? FormattableString.Invariant($": {line.Quantity} without a known price, not charged")
            : "");

    private static string MeterOf(string tokenClass) => tokenClass switch
    {
        "input" => "Input Tokens",
        "cache_read" => "Cache Read Tokens",
        "cache_write_5m" => "Cache Write 5m Tokens",
        "cache_write_1h" => "Cache Write 1h Tokens",
        "output" => "Output Tokens",
        "reasoning" => "Reasoning Tokens",
        "audio_input" => "Audio Input Tokens",
        "audio_output" => "Audio Output Tokens",
        "image_input" => "Image Input Tokens",
        "image_output" => "Image Output Tokens",
        "web_search" => "Web Searches",
        "web_fetch" => "Web Fetches",
        "request" => "Requests",
        _ => "Adjustment",
    };

    private static string DetailsOf(BillLine line)
    {
        var details = new Dictionary<string, string> { ["x_ServiceTier"] = line.ServiceTier };
        if (line.PriceVariant.Length > 0)
        {
            details["x_PriceVariant"] = line.PriceVariant;
        }

        return JsonSerializer.Serialize(details);
    }

    private static decimal RateOf(Bill bill) =>
        bill.Currency == Currencies.Usd ? 1m : bill.Exchange?.PerUsd ?? 0;

    private static string Converted(decimal usd, decimal rate) =>
        Number(decimal.Round(usd * rate, Decimals, MidpointRounding.ToEven));

    private static string Number(decimal amount) => Amounts.Text(amount);
}
