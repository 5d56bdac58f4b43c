using System.Globalization;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Reads what a provider without an API of this kind charges: our own columns (<c>day, model, meter, tokens,
/// amount_usd, description</c>, further <c>service_tier, key_id</c>), or those of FOCUS.
/// </summary>
internal static class UploadedCharges
{
    /// <summary>The charges of a month; lines of other months are left out.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message says which and why.</exception>
    public static IReadOnlyList<ProviderCharge> Read(string text, BillPeriod month)
    {
        var charges = new List<ProviderCharge>();
        var number = 1;
        foreach (var record in CsvText.Read(text))
        {
            number++;
            try
            {
                charges.AddRange(record.ContainsKey("BilledCost") ? OfFocus(record) : OfOurs(record));
            }
            catch (Exception fault) when (fault is FormatException or OverflowException)
            {
                throw new FormatException($"Record {number}: {fault.Message}", fault);
            }
        }

        var (first, end) = (DayOf(month.StartsAt), DayOf(month.EndsAt));
        return [.. charges.Where(charge => charge.Day >= first && charge.Day < end)];
    }

    private static IEnumerable<ProviderCharge> OfOurs(IReadOnlyDictionary<string, string> record)
    {
        var meter = Text(record, "meter");
        if (meter is not (null or ChargeMeters.Web) && !ChargeMeters.All.Contains(meter))
        {
            throw new FormatException($"meter is one of {string.Join(", ", ChargeMeters.All)}, {ChargeMeters.Web}.");
        }

        var tokens = Text(record, "tokens") is { } count ? (long?)Whole("tokens", count) : null;
        if (tokens is not null && meter is (null or ChargeMeters.Web))
        {
            throw new FormatException("tokens are given and no meter of tokens.");
        }

        yield return new ProviderCharge
        {
            Day = Text(record, "day") is { } day
                && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, default, out var read)
                ? read
                : throw new FormatException("day is a date such as 2026-11-20."),
            Model = Text(record, "model"),
            Meter = meter,
            Tokens = tokens,
            AmountUsd = Text(record, "amount_usd") is { } amount ? Amount("amount_usd", amount) : null,
            ServiceTier = Text(record, "service_tier") ?? "",
            KeyId = Text(record, "key_id"),
            Description = Text(record, "description") ?? "",
        };
    }

    private static IEnumerable<ProviderCharge> OfFocus(IReadOnlyDictionary<string, string> record)
    {
        if (Text(record, "BillingCurrency") is { } currency and not "USD")
        {
            throw new FormatException($"BillingCurrency is {currency}; only USD is compared.");
        }

        var meter = MeterOf(Text(record, "SkuMeter") ?? "");
        var isTokens = meter is not null
            && (Text(record, "ConsumedUnit") ?? "").Contains("token", StringComparison.OrdinalIgnoreCase);
        var began = Text(record, "ChargePeriodStart");
        yield return new ProviderCharge
        {
            Day = DateTimeOffset.TryParse(
                began, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? DayOf(at)
                : throw new FormatException("ChargePeriodStart is an instant such as 2026-11-20T00:00:00Z."),
            Model = isTokens ? Text(record, "ResourceName") ?? Text(record, "SkuId") : null,
            Meter = isTokens || meter == ChargeMeters.Web ? meter : null,
            Tokens = isTokens && Text(record, "ConsumedQuantity") is { } quantity
                ? (long)Amount("ConsumedQuantity", quantity)
                : null,
            AmountUsd = Amount("BilledCost", record["BilledCost"]),
            Description = Text(record, "ChargeDescription") ?? Text(record, "ServiceName") ?? "",
        };
    }

    private static string? MeterOf(string skuMeter)
    {
        bool Says(string word) => skuMeter.Contains(word, StringComparison.OrdinalIgnoreCase);
        return Says("web search") || Says("web fetch") ? ChargeMeters.Web
            : Says("cache") && Says("1h") ? ChargeMeters.CacheWrite1h
            : Says("cache") && Says("write") ? ChargeMeters.CacheWrite5m
            : Says("cache") ? ChargeMeters.CacheRead
            : Says("output") || Says("reasoning") ? ChargeMeters.Output
            : Says("input") ? ChargeMeters.Input
            : null;
    }

    private static string? Text(IReadOnlyDictionary<string, string> record, string name) =>
        record.TryGetValue(name, out var text) && text.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    private static long Whole(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{name} is a whole number.");

    private static decimal Amount(string name, string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Math.Round(number, 12)
            : throw new FormatException($"{name} is a number.");

    private static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
