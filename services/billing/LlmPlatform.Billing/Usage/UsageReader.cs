using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Hosting.Admin;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Usage;

/// <summary>
/// Reads usage from the warehouse, one row of each event however often it was stored: from rollups where the range is
/// made of whole quarter hours that are built as they are, else from the rows.
/// </summary>
internal sealed class UsageReader(ClickHouseClient clickHouse, IServiceScopeFactory scopes)
{
    // {n} is how many events a row stands for.
    private const string Figures =
        """
        sum({n}) AS request_count,
        sum(q_input_uncached + q_cache_read + q_cache_write_5m + q_cache_write_1h + q_audio_in + q_image_in)
            AS input_tokens,
        sum(q_cache_read) AS cache_read_tokens,
        sum(q_cache_write_5m + q_cache_write_1h) AS cache_write_tokens,
        sum(q_output_text + q_output_reasoning + q_audio_out + q_image_out) AS output_tokens,
        sum(q_output_reasoning) AS reasoning_tokens,
        sum(q_web_search) AS web_searches,
        sum(cost_usd) AS total_cost_usd,
        sumIf({n}, usage_source != 'provider') AS estimated,
        sumIf({n}, rating_status != 'rated') AS unpriced
        """;

    public async Task<UsageReport> ReadAsync(UsageQuestion question, CancellationToken cancellationToken)
    {
        var isBuilt = IsWhole(question.From) && IsWhole(question.To) && await IsBuiltAsync(question, cancellationToken);
        var rows = await clickHouse.QueryAsync(
            QueryOf(question, isBuilt),
            row => (IsTotal: row.GetProperty("is_total").GetInt32() == 1, Group: GroupOf(row, question.GroupBy)),
            cancellationToken);
        var groups = rows.Where(row => !row.IsTotal).Select(row => row.Group).ToList();
        var shown = groups.Take(question.Limit).ToList();
        return new UsageReport
        {
            From = question.From,
            To = question.To,
            TimeZone = question.TimeZone,
            GroupBy = [.. question.GroupBy.Select(dimension => dimension.Name)],
            Items = shown,
            Total = rows.Where(row => row.IsTotal).Select(row => row.Group.Sums()).FirstOrDefault(Nothing),
            NextCursor = groups.Count > question.Limit ? CursorOf(shown[^1], question.GroupBy) : null,
        };
    }

    /// <summary>An instant within a range, hour first so that whole parts are skipped.</summary>
    public static string Within(DateTimeOffset from, DateTimeOffset to)
    {
        const string at = "(toInt64(toUInt32(occurred_at)) * 1000 + occurred_ms)";
        var hour = DateTimeOffset.FromUnixTimeSeconds(from.ToUnixTimeSeconds() / 3600 * 3600);
        return $"occurred_hour >= {ClickHouseLiteral.SecondOf(hour)} "
            + $"AND occurred_hour <= {ClickHouseLiteral.SecondOf(to)} "
            + $"AND {at} >= {ClickHouseLiteral.MillisecondOf(from)} AND {at} < {ClickHouseLiteral.MillisecondOf(to)}";
    }

    private static bool IsWhole(DateTimeOffset instant) =>
        instant.UtcTicks % (RollupMarks.SlotSeconds * TimeSpan.TicksPerSecond) == 0;

    private async Task<bool> IsBuiltAsync(UsageQuestion question, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        return await RollupMarks.AreBuiltAsync(database, question.From, question.To, cancellationToken);
    }

    // One scan gives the groups and, every row counted a second time, their total: both of the same moment. Ordered by
    // the dimensions and continued after the last values seen, so that a page stays right while rows arrive.
    private static string QueryOf(UsageQuestion question, bool isBuilt)
    {
        var names = question.GroupBy.Select((_, index) => Alias(index)).ToArray();
        var columns = question.GroupBy.Select((dimension, index) =>
            $"if(is_total = 1, '', toString({dimension.In(question.TimeZone)})) AS {Alias(index)}");
        var list = string.Join(", ", names);
        var after = question.After is { } values
            ? $"WHERE is_total = 1 OR {(names.Length == 1 ? names[0] : $"({list})")} > {Values(values)}"
            : "";
        var limit = (question.Limit + 2).ToString(CultureInfo.InvariantCulture);
        return $"""
            SELECT * FROM (
                SELECT arrayJoin([0, 1]) AS is_total, {string.Join(", ", columns)}, any(key_name) AS any_key_name,
                    {Figures.Replace("{n}", isBuilt ? "requests" : "1", StringComparison.Ordinal)}
                FROM {(isBuilt ? RollupOf(question) : RowsOf(question))}
                GROUP BY is_total, {list})
            {after}
            ORDER BY is_total DESC, {list} LIMIT {limit}
            """;
    }

    private static string RowsOf(UsageQuestion question) => string.Join(
        " AND ",
        question.Filters.Select(filter => filter.Key.IsOneOf(filter.Value))
            .Prepend($"usage_events FINAL WHERE {Within(question.From, question.To)}"));

    private static string RollupOf(UsageQuestion question)
    {
        var range = $"occurred_at >= {ClickHouseLiteral.SecondOf(question.From)} "
            + $"AND occurred_at < {ClickHouseLiteral.SecondOf(question.To)}";
        return string.Join(
            " AND ",
            question.Filters.Select(filter => filter.Key.IsOneOf(filter.Value))
                .Prepend($"""
                    usage_15m WHERE {range} AND (occurred_at, rollup_version) IN (
                        SELECT occurred_at, max(rollup_version) FROM usage_15m WHERE {range} GROUP BY occurred_at)
                    """));
    }

    private static string Values(IReadOnlyList<string> values) =>
        values.Count == 1 ? ClickHouseLiteral.Of(values[0]) : ClickHouseLiteral.ListOf(values);

    private static string Alias(int index) => "d" + index.ToString(CultureInfo.InvariantCulture);

    private static UsageGroup GroupOf(JsonElement row, IReadOnlyList<UsageDimension> groupBy)
    {
        var dimensions = new Dictionary<string, object?>();
        for (var i = 0; i < groupBy.Count; i++)
        {
            dimensions[groupBy[i].Name] = row.GetProperty(Alias(i)).GetString();
        }

        // An id says little to a person.
        if (dimensions.ContainsKey("key"))
        {
            dimensions.TryAdd("key_name", row.GetProperty("any_key_name").GetString());
        }

        return new UsageGroup
        {
            Dimensions = dimensions,
            Requests = row.GetProperty("request_count").GetInt64(),
            InputTokens = row.GetProperty("input_tokens").GetInt64(),
            CacheReadTokens = row.GetProperty("cache_read_tokens").GetInt64(),
            CacheWriteTokens = row.GetProperty("cache_write_tokens").GetInt64(),
            OutputTokens = row.GetProperty("output_tokens").GetInt64(),
            ReasoningTokens = row.GetProperty("reasoning_tokens").GetInt64(),
            WebSearches = row.GetProperty("web_searches").GetInt64(),
            CostUsd = row.GetProperty("total_cost_usd").GetDecimal().Trimmed(),
            Estimated = row.GetProperty("estimated").GetInt64(),
            Unpriced = row.GetProperty("unpriced").GetInt64(),
        };
    }

    private static UsageFigures Nothing { get; } = new()
    {
        Requests = 0, InputTokens = 0, CacheReadTokens = 0, CacheWriteTokens = 0, OutputTokens = 0, ReasoningTokens = 0,
        WebSearches = 0, CostUsd = 0, Estimated = 0, Unpriced = 0,
    };

    private static string CursorOf(UsageGroup group, IReadOnlyList<UsageDimension> groupBy) => PageQuery.CursorOf(
        JsonSerializer.Serialize(groupBy.Select(dimension => (string?)group.Dimensions[dimension.Name])));
}
