using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Reads a row of <c>usage_events</c> back as what was stored, to rate it anew.</summary>
internal static class StoredUsage
{
    /// <summary>What to select; times as seconds, so that no server's zone matters.</summary>
    public static readonly string Columns = UsageRow.Columns
        .Replace("occurred_hour, occurred_at,", "toUInt32(occurred_at) AS occurred_second,", StringComparison.Ordinal)
        .Replace("recorded_at,", "toUInt32(recorded_at) AS recorded_second,", StringComparison.Ordinal)
        .Replace(", ingested_at, row_version, schema_version", "", StringComparison.Ordinal);

    public static UsageRow Read(JsonElement row)
    {
        var recorded = new UsageRecorded
        {
            EventId = row.GetProperty("event_id").GetGuid(),
            EventVersion = row.GetProperty("event_version").GetInt32(),
            RequestId = row.GetProperty("request_id").GetGuid(),
            Attempt = row.GetProperty("attempt").GetInt32(),
            Part = row.GetProperty("part").GetInt32(),
            OccurredAt = TimeOf(row, "occurred_second").AddMilliseconds(Number(row, "occurred_ms")),
            RecordedAt = TimeOf(row, "recorded_second"),
            Tenant = Text(row, "tenant"),
            Team = TextOrNull(row, "team"),
            CostCenter = TextOrNull(row, "cost_center"),
            Project = TextOrNull(row, "project"),
            User = TextOrNull(row, "user_name"),
            KeyId = Text(row, "key_id"),
            KeyName = Text(row, "key_name"),
            Operation = Text(row, "operation"),
            ModelRequested = Text(row, "model_requested"),
            Model = Text(row, "model"),
            Provider = Text(row, "provider"),
            ProviderModel = Text(row, "provider_model"),
            ProviderRequestId = TextOrNull(row, "provider_request_id"),
            IsStream = Number(row, "is_stream") == 1,
            Outcome = Text(row, "outcome"),
            UsageSource = Text(row, "usage_source"),
            RawUsage = TextOrNull(row, "raw_usage"),
            ServiceTier = TextOrNull(row, "service_tier"),
            Region = TextOrNull(row, "region"),
            Tags = TagsOf(row),
            Tokens = TokensOf(row),
            Sku = Text(row, "sku"),
            PriceVersion = TextOrNull(row, "edge_price_version"),
            CostNanoUsd = NanoUsd.FromUsd(row.GetProperty("edge_cost_usd").GetDecimal()),
            Budgets = [.. row.GetProperty("budgets").EnumerateArray().Select(BudgetColumn.Read)],
        };
        var received = new ReceivedUsage(
            recorded, row.GetProperty("edge_id").GetGuid(), Number(row, "edge_epoch"), Number(row, "edge_sequence"));
        return new UsageRow(
            received,
            TextOrNull(row, "price_version"),
            row.GetProperty("cost_usd").GetDecimal(),
            (int)Number(row, "rating"))
        {
            PriceVariant = Text(row, "price_variant"),
        };
    }

    private static TokenUsage TokensOf(JsonElement row) => new()
    {
        InputUncached = Number(row, "q_input_uncached"),
        CacheRead = Number(row, "q_cache_read"),
        CacheWrite5m = Number(row, "q_cache_write_5m"),
        CacheWrite1h = Number(row, "q_cache_write_1h"),
        OutputText = Number(row, "q_output_text"),
        OutputReasoning = Number(row, "q_output_reasoning"),
        AudioIn = Number(row, "q_audio_in"),
        AudioOut = Number(row, "q_audio_out"),
        ImageIn = Number(row, "q_image_in"),
        ImageOut = Number(row, "q_image_out"),
        WebSearches = Number(row, "q_web_search"),
        WebFetches = Number(row, "q_web_fetch"),
    };

    private static List<UsageTag> TagsOf(JsonElement row) =>
    [
        .. row.GetProperty("tag_keys").EnumerateArray().Zip(
            row.GetProperty("tag_values").EnumerateArray(),
            (key, value) => new UsageTag { Key = key.GetString()!, Value = value.GetString()! }),
    ];

    private static string Text(JsonElement row, string column) => row.GetProperty(column).GetString()!;

    private static string? TextOrNull(JsonElement row, string column) =>
        Text(row, column) is { Length: > 0 } text ? text : null;

    private static long Number(JsonElement row, string column) => row.GetProperty(column).GetInt64();

    private static DateTimeOffset TimeOf(JsonElement row, string column) =>
        DateTimeOffset.FromUnixTimeSeconds(Number(row, column));
}
