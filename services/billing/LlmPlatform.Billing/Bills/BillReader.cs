using System.Text.Json;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Usage;
using LlmPlatform.Billing.Warehouse;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>Computes draft bills from the warehouse, one row of each event however often it was stored.</summary>
internal sealed class BillReader(ClickHouseClient clickHouse, PriceShelf shelf, BillingDbContext database)
{
    private static readonly string Meters =
        string.Join(", ", TokenClass.All.Select(tokens => tokens.Sum).OfType<string>());

    /// <summary>The bills of a month, one for each tenant that used or tried to use anything, by tenant.</summary>
    /// <param name="period">The month.</param>
    /// <param name="tenant">Null: of all.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task<IReadOnlyList<Bill>> ReadAsync(
        BillPeriod period, string? tenant, CancellationToken cancellationToken)
    {
        var sums = await SumsAsync(period, tenant, cancellationToken);
        var quarantined = await QuarantinedAsync(period, tenant, cancellationToken);
        var prices = await PricesAsync(sums, cancellationToken);
        return
        [
            .. sums.Select(place => place.Tenant).Union(quarantined.Keys)
                .Order(StringComparer.Ordinal)
                .GroupJoin(
                    sums,
                    name => name,
                    place => place.Tenant,
                    (name, places) => BillComposer.Compose(
                        name, period, [.. places], prices, quarantined.GetValueOrDefault(name))),
        ];
    }

    private Task<IReadOnlyList<UsageSums>> SumsAsync(
        BillPeriod period, string? tenant, CancellationToken cancellationToken)
    {
        var ofTenant = tenant is null ? "" : $" AND tenant = {ClickHouseLiteral.Of(tenant)}";
        return clickHouse.QueryAsync(
            $"""
            SELECT tenant, cost_center, team, provider, model, price_version, count() AS {UsageSums.Rows},
                countIf(usage_source != 'provider') AS estimated, countIf(rating_status != 'rated') AS unpriced,
                sum(cost_usd) AS total_cost_usd, {Meters}
            FROM usage_events FINAL
            WHERE {UsageReader.Within(period.StartsAt, period.EndsAt)}{ofTenant}
            GROUP BY tenant, cost_center, team, provider, model, price_version
            """,
            SumsOf,
            cancellationToken);
    }

    private static UsageSums SumsOf(JsonElement row) => new()
    {
        Tenant = row.GetProperty("tenant").GetString()!,
        CostCenter = row.GetProperty("cost_center").GetString()!,
        Team = row.GetProperty("team").GetString()!,
        Provider = row.GetProperty("provider").GetString()!,
        Model = row.GetProperty("model").GetString()!,
        PriceVersion = row.GetProperty("price_version").GetString()!,
        RowCount = row.GetProperty(UsageSums.Rows).GetInt64(),
        Estimated = row.GetProperty("estimated").GetInt64(),
        Unpriced = row.GetProperty("unpriced").GetInt64(),
        CostUsd = row.GetProperty("total_cost_usd").GetDecimal(),
        Quantities = [.. TokenClass.All.Select(tokens => tokens.QuantityIn(row))],
    };

    private Task<Dictionary<string, long>> QuarantinedAsync(
        BillPeriod period, string? tenant, CancellationToken cancellationToken) =>
        database.QuarantinedUsage
            .Where(kept => kept.OccurredAt >= period.StartsAt && kept.OccurredAt < period.EndsAt)
            .Where(kept => tenant == null || kept.Tenant == tenant)
            .GroupBy(kept => kept.Tenant)
            .Select(kept => new { Tenant = kept.Key, Count = kept.LongCount() })
            .ToDictionaryAsync(kept => kept.Tenant, kept => kept.Count, cancellationToken);

    // Rows may have been rated by another replica with a book newer than ours.
    private async Task<PriceHistory> PricesAsync(IReadOnlyList<UsageSums> sums, CancellationToken cancellationToken)
    {
        var prices = await shelf.GetAsync(cancellationToken);
        return sums.All(place => place.PriceVersion.Length == 0 || prices.FindVersion(place.PriceVersion) is not null)
            ? prices
            : await shelf.RefreshAsync(cancellationToken) ?? prices;
    }
}
