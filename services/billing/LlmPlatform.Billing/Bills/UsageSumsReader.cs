using System.Text.Json;
using LlmPlatform.Billing.Usage;
using LlmPlatform.Billing.Warehouse;

namespace LlmPlatform.Billing.Bills;

/// <summary>Asks the warehouse what a month holds, one row of each event however often it was stored.</summary>
internal sealed class UsageSumsReader(ClickHouseClient clickHouse)
{
    private static readonly string Meters =
        string.Join(", ", TokenClass.All.Select(tokens => tokens.Sum).OfType<string>());

    private static readonly string Tokens =
        string.Join(" + ", TokenClass.All.Where(one => one.Unit == TokenClass.Tokens).Select(one => one.Column));

    /// <summary>Everybody who used something in a time.</summary>
    public Task<IReadOnlyList<string>> TenantsAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        clickHouse.QueryAsync(
            $"SELECT DISTINCT tenant FROM usage_events WHERE {UsageReader.Within(from, to)}",
            row => row.GetProperty("tenant").GetString()!,
            cancellationToken);

    /// <summary>The sums of a tenant's month by place and price.</summary>
    public Task<IReadOnlyList<UsageSums>> SumsAsync(
        string tenant, BillPeriod period, CancellationToken cancellationToken)
    {
        const string places =
            "cost_center, team, provider, model, service_tier, region, price_version, price_variant";
        return clickHouse.QueryAsync(
            $"""
            SELECT {places}, count() AS {UsageSums.Rows}, countIf(usage_source != 'provider') AS estimated,
                countIf(rating_status != 'rated') AS unpriced, sum(cost_usd) AS total_cost_usd, {Meters}
            FROM usage_events FINAL
            WHERE tenant = {ClickHouseLiteral.Of(tenant)} AND {UsageReader.Within(period.StartsAt, period.EndsAt)}
            GROUP BY {places}
            """,
            row => SumsOf(tenant, row),
            cancellationToken);
    }

    /// <summary>The days of a tenant's month, in the month's zone, in order.</summary>
    public Task<IReadOnlyList<BillDay>> DaysAsync(
        string tenant, BillPeriod period, CancellationToken cancellationToken) =>
        clickHouse.QueryAsync(
            $"""
            SELECT formatDateTime(occurred_at, '%Y-%m-%d', {ClickHouseLiteral.Of(period.TimeZone)}) AS day,
                count() AS request_count, sum({Tokens}) AS tokens, sum(cost_usd) AS total_cost_usd
            FROM usage_events FINAL
            WHERE tenant = {ClickHouseLiteral.Of(tenant)} AND {UsageReader.Within(period.StartsAt, period.EndsAt)}
            GROUP BY day ORDER BY day
            """,
            row => new BillDay(
                row.GetProperty("day").GetString()!,
                row.GetProperty("request_count").GetInt64(),
                row.GetProperty("tokens").GetInt64(),
                row.GetProperty("total_cost_usd").GetDecimal().Trimmed()),
            cancellationToken);

    private static UsageSums SumsOf(string tenant, JsonElement row) => new()
    {
        Tenant = tenant,
        CostCenter = row.GetProperty("cost_center").GetString()!,
        Team = row.GetProperty("team").GetString()!,
        Provider = row.GetProperty("provider").GetString()!,
        Model = row.GetProperty("model").GetString()!,
        ServiceTier = row.GetProperty("service_tier").GetString()!,
        Region = row.GetProperty("region").GetString()!,
        PriceVersion = row.GetProperty("price_version").GetString()!,
        PriceVariant = row.GetProperty("price_variant").GetString()!,
        RowCount = row.GetProperty(UsageSums.Rows).GetInt64(),
        Estimated = row.GetProperty("estimated").GetInt64(),
        Unpriced = row.GetProperty("unpriced").GetInt64(),
        CostUsd = row.GetProperty("total_cost_usd").GetDecimal(),
        Quantities = [.. TokenClass.All.Select(tokens => tokens.QuantityIn(row))],
    };
}
