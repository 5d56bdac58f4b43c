using System.Text.Json;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Rebuilding;

/// <summary>
/// Derives again from the usage rows what is derived from them: the ledger gets the charges it lacks, every quarter
/// hour is summed anew. What is right stays as it is, so it may run at any time, and twice.
/// </summary>
internal sealed class BooksRebuild(
    IServiceScopeFactory scopes, ClickHouseClient clickHouse, LedgerWriter ledger, RollupSweep rollups)
{
    private const long SecondsPerDay = 86_400;

    public async Task<RebuiltBooks> RunAsync(CancellationToken cancellationToken)
    {
        var hours = await clickHouse.QueryAsync(
            "SELECT DISTINCT toUInt32(occurred_hour) AS hour FROM usage_events ORDER BY hour",
            row => row.GetProperty("hour").GetInt64(),
            cancellationToken);
        using var rowsHash = new CanonicalHash();
        using var ledgerHash = new CanonicalHash();
        var (events, posted) = (0L, 0);
        foreach (var hour in hours)
        {
            var rows = await RowsOfAsync(hour, cancellationToken);
            posted += await PostAsync(rows, cancellationToken);
            events += rows.Count;
            rowsHash.Append(rows.Select(TextOf));
            ledgerHash.Append(await ChargesOfAsync(rows, cancellationToken));
        }

        while (await rollups.RebuildAsync(cancellationToken) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new RebuiltBooks(
            events, posted, rowsHash.Finish(), ledgerHash.Finish(), await RollupsHashAsync(hours, cancellationToken));
    }

    private Task<IReadOnlyList<UsageRow>> RowsOfAsync(long hour, CancellationToken cancellationToken) =>
        clickHouse.QueryAsync(
            $"""
            SELECT {StoredUsage.Columns} FROM usage_events FINAL
            WHERE occurred_hour = {ClickHouseLiteral.SecondOf(DateTimeOffset.FromUnixTimeSeconds(hour))}
            """,
            StoredUsage.Read,
            cancellationToken);

    private async Task<int> PostAsync(IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock_shared(hashtext('billing.usage'))", cancellationToken);
        var comparison = await ledger.CompareAsync(database, rows, cancellationToken);
        var posted = await ledger.PostUsageAsync(database, comparison, rows, cancellationToken);
        await RollupMarks.MarkAsync(database, rows, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return posted;
    }

    private async Task<IEnumerable<string>> ChargesOfAsync(
        IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        var ids = rows.Select(row => row.Usage.Event.EventId).ToArray();
        return await database.Database.SqlQuery<string>(
            $"""
            SELECT concat_ws(' ', entry.event_id, account.kind, account.tenant, account.detail,
                trim_scale(sum(entry.amount))) AS "Value"
            FROM billing.ledger_entry AS entry
            JOIN billing.ledger_account AS account ON account.id = entry.account_id
            WHERE entry.event_id = ANY ({ids})
            GROUP BY entry.event_id, account.kind, account.tenant, account.detail
            """).ToListAsync(cancellationToken);
    }

    private async Task<string> RollupsHashAsync(IReadOnlyList<long> hours, CancellationToken cancellationToken)
    {
        using var hash = new CanonicalHash();
        foreach (var day in hours.Select(hour => hour / SecondsPerDay * SecondsPerDay).Distinct())
        {
            var (from, to) = (
                DateTimeOffset.FromUnixTimeSeconds(day), DateTimeOffset.FromUnixTimeSeconds(day + SecondsPerDay));
            var range = $"occurred_at >= {ClickHouseLiteral.SecondOf(from)} "
                + $"AND occurred_at < {ClickHouseLiteral.SecondOf(to)}";
            hash.Append(await clickHouse.QueryAsync(
                $"""
                SELECT toUInt32(occurred_at) AS slot, {RollupSweep.Contents} FROM usage_15m
                WHERE {range} AND (occurred_at, rollup_version) IN (
                    SELECT occurred_at, max(rollup_version) FROM usage_15m WHERE {range} GROUP BY occurred_at)
                """,
                TextOf,
                cancellationToken));
        }

        return hash.Finish();
    }

    // Of two versions of the server one writes a decimal with closing zeros and the other without.
    private static string TextOf(JsonElement row) => string.Join('\u001f', row.EnumerateObject().Select(
        column => column.Value.ValueKind switch
        {
            JsonValueKind.Number => Amounts.Text(column.Value.GetDecimal()),
            JsonValueKind.Array => string.Join('\u001e', column.Value.EnumerateArray().Select(one => one.GetString())),
            _ => column.Value.GetString(),
        }));

    // Not when it came, nor which row it is of several alike: what it says.
    private static string TextOf(UsageRow row)
    {
        var usage = row.Usage.Event;
        var tokens = usage.Tokens;
        return string.Join('\u001f', new object?[]
        {
            usage.EventId, usage.EventVersion, row.Rating, usage.Tenant, usage.CostCenter, usage.Team, usage.User,
            usage.KeyId, usage.Provider, usage.ProviderModel, usage.Outcome, usage.UsageSource,
            usage.OccurredAt.ToUnixTimeMilliseconds(), tokens.InputUncached, tokens.CacheRead, tokens.CacheWrite5m,
            tokens.CacheWrite1h, tokens.OutputText, tokens.OutputReasoning, tokens.AudioIn, tokens.AudioOut,
            tokens.ImageIn, tokens.ImageOut, tokens.WebSearches, tokens.WebFetches, row.PriceVersion, row.PriceVariant,
            Amounts.Text(row.CostUsd),
        });
    }
}
