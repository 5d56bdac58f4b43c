using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Usage;
using LlmPlatform.Billing.Warehouse;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Asks the warehouse what went to a provider, day by day in UTC.</summary>
internal sealed class MeteredUsageReader(ClickHouseClient clickHouse)
{
    private const long SecondsPerDay = 86_400;

    public Task<IReadOnlyList<MeteredDay>> ReadAsync(
        string provider, BillPeriod month, CancellationToken cancellationToken) =>
        clickHouse.QueryAsync(
            $"""
            SELECT intDiv(toUInt32(occurred_at), {SecondsPerDay}) AS day, provider_model, service_tier, price_version,
                price_variant, sum(q_input_uncached + q_audio_in + q_image_in) AS input,
                sum(q_cache_read) AS cache_read, sum(q_cache_write_5m) AS cache_write_5m,
                sum(q_cache_write_1h) AS cache_write_1h,
                sum(q_output_text + q_output_reasoning + q_audio_out + q_image_out) AS output,
                sum(q_web_search) AS web_searches, sum(q_web_fetch) AS web_fetches,
                sum(cost_usd) AS cost, countIf(usage_source != 'provider') AS estimated
            FROM usage_events FINAL
            WHERE provider = {ClickHouseLiteral.Of(provider)} AND {UsageReader.Within(month.StartsAt, month.EndsAt)}
            GROUP BY day, provider_model, service_tier, price_version, price_variant
            """,
            Read,
            cancellationToken);

    private static MeteredDay Read(JsonElement row) => new()
    {
        Day = DateOnly.FromDateTime(
            DateTimeOffset.FromUnixTimeSeconds(Number(row, "day") * SecondsPerDay).UtcDateTime),
        Model = row.GetProperty("provider_model").GetString()!,
        ServiceTier = row.GetProperty("service_tier").GetString()!,
        PriceVersion = row.GetProperty("price_version").GetString()!,
        PriceVariant = row.GetProperty("price_variant").GetString()!,
        Tokens = ChargeMeters.All.ToDictionary(meter => meter, meter => Number(row, meter), StringComparer.Ordinal),
        WebSearches = Number(row, "web_searches"),
        WebFetches = Number(row, "web_fetches"),
        CostUsd = row.GetProperty("cost").GetDecimal(),
        Estimated = Number(row, "estimated"),
    };

    private static long Number(JsonElement row, string name) =>
        row.GetProperty(name) is { ValueKind: JsonValueKind.String } text
            ? long.Parse(text.GetString()!, CultureInfo.InvariantCulture)
            : row.GetProperty(name).GetInt64();
}
