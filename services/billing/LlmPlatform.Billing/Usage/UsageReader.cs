using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Hosting.Admin;

namespace LlmPlatform.Billing.Usage;

/// <summary>Reads usage from the warehouse, one row of each event however often it was stored.</summary>
internal sealed class UsageReader(ClickHouseClient clickHouse)
{
    private const string Figures =
        """
        count() AS requests,
        sum(q_input_uncached + q_cache_read + q_cache_write_5m + q_cache_write_1h + q_audio_in) AS input_tokens,
        sum(q_cache_read) AS cache_read_tokens,
        sum(q_cache_write_5m + q_cache_write_1h) AS cache_write_tokens,
        sum(q_output_text + q_output_reasoning + q_audio_out) AS output_tokens,
        sum(q_output_reasoning) AS reasoning_tokens,
        sum(cost_usd) AS total_cost_usd,
        countIf(usage_source != 'provider') AS estimated,
        countIf(rating_status != 'rated') AS unpriced
        """;

    public async Task<UsageReport> ReadAsync(UsageQuestion question, CancellationToken cancellationToken)
    {
        var condition = Condition(question);
        var groups = await clickHouse.QueryAsync(
            GroupedQuery(question, condition), row => GroupOf(row, question.GroupBy), cancellationToken);
        var totals = await clickHouse.QueryAsync(
            $"SELECT {Figures} FROM usage_events FINAL WHERE {condition}", FiguresOf, cancellationToken);
        var shown = groups.Take(question.Limit).ToList();
        return new UsageReport
        {
            From = question.From,
            To = question.To,
            TimeZone = question.TimeZone,
            GroupBy = [.. question.GroupBy.Select(dimension => dimension.Name)],
            Items = shown,
            Total = totals.Count == 0 ? Nothing : totals[0],
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

    private static string Condition(UsageQuestion question) => string.Join(
        " AND ",
        question.Filters
            .Select(filter => filter.Key.IsOneOf(filter.Value))
            .Prepend(Within(question.From, question.To)));

    // Ordered by the dimensions and continued after the last values seen: a page stays right while rows arrive.
    private static string GroupedQuery(UsageQuestion question, string condition)
    {
        var names = question.GroupBy.Select((_, index) => Alias(index)).ToArray();
        var columns = question.GroupBy.Select((dimension, index) =>
            $"{dimension.In(question.TimeZone)} AS {Alias(index)}");
        var list = string.Join(", ", names);
        var after = question.After is { } values
            ? $"WHERE {(names.Length == 1 ? names[0] : $"({list})")} > {Values(values)}"
            : "";
        var limit = (question.Limit + 1).ToString(CultureInfo.InvariantCulture);
        return $"""
            SELECT * FROM (
                SELECT {string.Join(", ", columns)}, any(key_name) AS any_key_name, {Figures}
                FROM usage_events FINAL WHERE {condition}
                GROUP BY {list})
            {after}
            ORDER BY {list} LIMIT {limit}
            """;
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

        var figures = FiguresOf(row);
        return new UsageGroup
        {
            Dimensions = dimensions,
            Requests = figures.Requests,
            InputTokens = figures.InputTokens,
            CacheReadTokens = figures.CacheReadTokens,
            CacheWriteTokens = figures.CacheWriteTokens,
            OutputTokens = figures.OutputTokens,
            ReasoningTokens = figures.ReasoningTokens,
            CostUsd = figures.CostUsd,
            Estimated = figures.Estimated,
            Unpriced = figures.Unpriced,
        };
    }

    private static UsageFigures FiguresOf(JsonElement row) => new()
    {
        Requests = row.GetProperty("requests").GetInt64(),
        InputTokens = row.GetProperty("input_tokens").GetInt64(),
        CacheReadTokens = row.GetProperty("cache_read_tokens").GetInt64(),
        CacheWriteTokens = row.GetProperty("cache_write_tokens").GetInt64(),
        OutputTokens = row.GetProperty("output_tokens").GetInt64(),
        ReasoningTokens = row.GetProperty("reasoning_tokens").GetInt64(),
        CostUsd = row.GetProperty("total_cost_usd").GetDecimal().Trimmed(),
        Estimated = row.GetProperty("estimated").GetInt64(),
        Unpriced = row.GetProperty("unpriced").GetInt64(),
    };

    private static UsageFigures Nothing { get; } = new()
    {
        Requests = 0, InputTokens = 0, CacheReadTokens = 0, CacheWriteTokens = 0, OutputTokens = 0, ReasoningTokens = 0,
        CostUsd = 0, Estimated = 0, Unpriced = 0,
    };

    private static string CursorOf(UsageGroup group, IReadOnlyList<UsageDimension> groupBy) => PageQuery.CursorOf(
        JsonSerializer.Serialize(groupBy.Select(dimension => (string?)group.Dimensions[dimension.Name])));
}
