using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Completeness;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Money;
using LlmPlatform.Money.Spending;

namespace LlmPlatform.Billing.Spending;

/// <summary>
/// What budget periods have spent by the warehouse, as the edges charged it, and exactly which usage that is: whoever
/// makes counters of it can tell what comes again from what is new.
/// </summary>
internal sealed class BudgetSpendingReader(ClickHouseClient clickHouse, SpoolsReader spools)
{
    // As the edges charge a budget of tokens: every token once, the meters being disjoint.
    private const string AllTokens =
        "q_input_uncached + q_cache_read + q_cache_write_5m + q_cache_write_1h + q_audio_in + q_image_in "
        + "+ q_output_text + q_output_reasoning + q_audio_out + q_image_out";

    /// <summary>Reads it in one query, which sees the warehouse as it is at one moment.</summary>
    /// <param name="since">Usage that occurred before is left out.</param>
    /// <param name="eventsSince">Events before it are not named singly.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task<BudgetSpending> ReadAsync(
        DateTimeOffset since, DateTimeOffset eventsSince, CancellationToken cancellationToken)
    {
        // The sequences are read first: what they say has come is in the warehouse by then.
        var through = (await spools.ReadAsync(cancellationToken))
            .Select(spool => new SpoolReached
            {
                EdgeId = spool.EdgeId,
                Epoch = spool.Epoch,
                Sequence = spool.Missing.Count == 0 ? spool.HighestSequence : spool.Missing[0].First - 1,
            })
            .ToList();
        var rows = await clickHouse.QueryAsync(QueryOf(through, since, eventsSince), Read, cancellationToken);
        return new BudgetSpending
        {
            Periods = [.. rows.Select(row => row.Period)],
            Through = through,
            Events = [.. rows.SelectMany(row => row.Events).DistinctBy(counted => counted.EventId)],
        };
    }

    // A later version of an estimate takes its place, so that estimates are named wherever they stand. Costs are
    // gathered as texts: ClickHouse 18.16 dies of an array of decimals.
    private static string QueryOf(
        List<SpoolReached> through, DateTimeOffset since, DateTimeOffset eventsSince)
    {
        var reached = through.Count == 0 ? "0" : string.Create(
            CultureInfo.InvariantCulture,
            $"""
            transform(concat(toString(edge_id), ':', toString(edge_epoch)),
                [{string.Join(", ", through.Select(spool => $"'{spool.EdgeId}:{spool.Epoch}'"))}],
                [{string.Join(", ", through.Select(spool => $"toUInt64({spool.Sequence})"))}], toUInt64(0))
            """);
        return $"""
            SELECT budget, period, sum(edge_cost_usd) AS spent_usd, toInt64(sum(tokens)) AS spent_tokens,
                groupArrayIf(toString(event_id), single) AS ids,
                groupArrayIf(event_version, single) AS versions,
                groupArrayIf(toString(edge_cost_usd), single) AS costs,
                groupArrayIf(toString(tokens), single) AS token_counts
            FROM (
                SELECT event_id, event_version, edge_cost_usd, budgets, {AllTokens} AS tokens,
                    occurred_at >= {ClickHouseLiteral.SecondOf(eventsSince)}
                        AND (edge_sequence > {reached} OR event_version < 2) AS single
                FROM usage_events FINAL
                WHERE occurred_hour >= {ClickHouseLiteral.SecondOf(since.AddHours(-1))}
                    AND occurred_at >= {ClickHouseLiteral.SecondOf(since)})
            ARRAY JOIN budgets AS held
            GROUP BY splitByChar('\t', held)[1] AS budget, splitByChar('\t', held)[2] AS period
            """;
    }

    private static (PeriodSpending Period, List<CountedUsage> Events) Read(JsonElement row) => (
        new PeriodSpending
        {
            BudgetId = row.GetProperty("budget").GetString()!,
            PeriodId = row.GetProperty("period").GetString()!,
            SpentNanoUsd = NanoUsd.FromUsd(row.GetProperty("spent_usd").GetDecimal()),
            SpentTokens = row.GetProperty("spent_tokens").GetInt64(),
        },
        [
            .. row.GetProperty("ids").EnumerateArray()
                .Zip(row.GetProperty("versions").EnumerateArray(), row.GetProperty("costs").EnumerateArray())
                .Zip(row.GetProperty("token_counts").EnumerateArray())
                .Select(one => new CountedUsage
                {
                    EventId = Guid.Parse(one.First.First.GetString()!),
                    EventVersion = one.First.Second.GetInt32(),
                    CostNanoUsd = NanoUsd.FromUsd(
                        decimal.Parse(one.First.Third.GetString()!, CultureInfo.InvariantCulture)),
                    Tokens = long.Parse(one.Second.GetString()!, CultureInfo.InvariantCulture),
                }),
        ]);
}
