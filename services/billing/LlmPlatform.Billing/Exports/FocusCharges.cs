using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// A bill as FOCUS charges: one row a line, one for tax and one for rounding, so that the billed costs of an invoice
/// add up to what is payable. Two views: what we charge the tenant (<c>chargeback</c>), and what the providers charge
/// for it at list price (<c>provider</c>).
/// </summary>
internal static class FocusCharges
{
    private const int Decimals = 12;

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
            yield return Other(bill, "Tax", bill.TaxCode ?? "Tax", bill.Tax, "tax");
        }

        if (bill.Rounding != 0)
        {
            yield return Other(bill, "Adjustment", "Rounding to the smallest coin", bill.Rounding, "rounding");
        }
    }

    /// <summary>An instant as FOCUS writes it.</summary>
    public static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The id of the detail of an invoice that a charge belongs to.</summary>
    public static string DetailIdOf(Bill bill, string part) => $"{bill.Number ?? bill.Id}:{part}";

    private static Dictionary<string, string> Usage(Bill bill, BillLine line, bool ofProvider)
    {
        var rate = ofProvider || bill.Currency == Currencies.Usd ? 1m : bill.Exchange?.PerUsd ?? 0;
        var contractedUsd = ofProvider ? line.ListUsd : line.ListUsd - line.DiscountUsd;
        var effectiveUsd = ofProvider ? line.ListUsd : line.AmountUsd;
        var isTokens = line.PricePer > 1;
        var contractedUnitUsd = line.UnitPriceUsd is not { } unit ? (decimal?)null
            : line.ListUsd == 0 ? unit : unit * contractedUsd / line.ListUsd;
        var row = Shared(bill, ofProvider);
        row["BilledCost"] = ofProvider ? Number(line.ListUsd) : Number(line.Amount);
        row["ChargeCategory"] = line.TokenClass == BillLine.Adjustment ? "Adjustment" : "Usage";
        row["ChargeDescription"] = Description(line);
        row["ChargeFrequency"] = "Usage-Based";
        row["ContractedCost"] = Converted(contractedUsd, rate);
        row["EffectiveCost"] = ofProvider ? Number(line.ListUsd) : Number(line.Amount);
        row["ListCost"] = Converted(line.ListUsd, rate);
        row["PricingCurrencyEffectiveCost"] = Number(effectiveUsd);
        row["RegionId"] = line.Region;
        row["ServiceName"] = line.Provider;
        row["SkuId"] = $"{line.Provider}/{line.Model}@{line.ServiceTier}";
        row["SubAccountId"] = line.CostCenter;
        row["SubAccountName"] = line.CostCenter;
        row["SubAccountType"] = line.CostCenter.Length == 0 ? "" : "Cost Centre";
        row["Tags"] = line.Team.Length == 0 ? "{}" : JsonSerializer.Serialize(new { team = line.Team });
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

        if (row["ChargeCategory"] == "Usage")
        {
            row["ConsumedQuantity"] = Number(line.Quantity);
            row["ConsumedUnit"] = isTokens ? "Tokens" : "Requests";
            row["PricingCategory"] = "Standard";
            row["PricingQuantity"] = Number((decimal)line.Quantity / line.PricePer);
            row["PricingUnit"] = isTokens ? "1000000 Tokens" : "Requests";
            row["SkuMeter"] = MeterOf(line.TokenClass);
            row["SkuPriceDetails"] = DetailsOf(line);
            row["SkuPriceId"] = line.PriceVersion is null ? "" : $"{line.PriceVersion}:{line.TokenClass}";
            row["ListUnitPrice"] = line.UnitPriceUsd is { } list ? Converted(list, rate) : "";
            row["ContractedUnitPrice"] = contractedUnitUsd is { } contracted ? Converted(contracted, rate) : "";
            row["PricingCurrencyListUnitPrice"] = line.UnitPriceUsd is { } usd ? Number(usd) : "";
            row["PricingCurrencyContractedUnitPrice"] = contractedUnitUsd is { } agreed ? Converted(agreed, 1) : "";
        }

        return row;
    }

    private static Dictionary<string, string> Other(
        Bill bill, string category, string description, decimal amount, string part)
    {
        var row = Shared(bill, ofProvider: false);
        foreach (var cost in new[] { "BilledCost", "ContractedCost", "EffectiveCost", "ListCost" })
        {
            row[cost] = Number(amount);
        }

        row["ChargeCategory"] = category;
        row["ChargeDescription"] = description;
        row["ChargeFrequency"] = "One-Time";
        row["PricingCurrencyEffectiveCost"] = Converted(amount, 1 / (bill.Exchange?.PerUsd ?? 1));
        row["ServiceName"] = bill.Issuer.Name;
        row["ServiceProviderName"] = bill.Issuer.Name;
        row["HostProviderName"] = bill.Issuer.Name;
        row["ProviderName"] = bill.Issuer.Name;
        row["PublisherName"] = bill.Issuer.Name;
        row["InvoiceIssuerName"] = bill.Issuer.Name;
        row["InvoiceDetailId"] = DetailIdOf(bill, part);
        row["Tags"] = "{}";
        row["x_ServicePeriod"] = bill.Period;
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
        ["InvoiceId"] = ofProvider ? "" : bill.Number ?? "",
        ["PricingCurrency"] = Currencies.Usd,
        ["ServiceCategory"] = "AI and Machine Learning",
        ["ServiceSubcategory"] = "Generative AI",
    };

    private static string Description(BillLine line) =>
        $"{line.Model} - {MeterOf(line.TokenClass)} - {line.ServiceTier}"
        + (line.PriceVariant.Length == 0 ? "" : $" ({line.PriceVariant})");

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
        "request" => "Requests",
        _ => "Adjustment",
    };

    private static string DetailsOf(BillLine line) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["x_ServiceTier"] = line.ServiceTier,
        ["x_PriceVariant"] = line.PriceVariant,
    });

    private static string Converted(decimal usd, decimal rate) =>
        Number(decimal.Round(usd * rate, Decimals, MidpointRounding.ToEven));

    private static string Number(decimal amount) => Amounts.Text(amount);
}
