using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>A row of <c>usage_events</c>: an event and what billing's own book says it costs.</summary>
/// <param name="Usage">The event and its place.</param>
/// <param name="PriceVersion">The version it was rated by; null when unpriced.</param>
/// <param name="CostUsd">At most twelve decimals; 0 when unpriced.</param>
/// <param name="Rating">0 when first rated, one more for each time it was rated anew.</param>
internal sealed record UsageRow(ReceivedUsage Usage, string? PriceVersion, decimal CostUsd, int Rating)
{
    /// <summary>Raised when the meaning of a column changes.</summary>
    private const int SchemaVersion = 2;

    private const decimal NanoPerUsd = 1_000_000_000m;

    // No page ever shows these lines, so that a quote inside a text is two bytes and not six.
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // 18.16 gives an omitted column zero rather than its default: every column is named and written, in the table's
    // order.
    public const string Columns =
        "event_id, event_version, tenant, occurred_hour, occurred_at, occurred_ms, recorded_at, request_id, "
        + "attempt, part, edge_id, edge_epoch, edge_sequence, team, cost_center, project, user_name, key_id, "
        + "key_name, operation, model_requested, model, provider, provider_model, provider_request_id, "
        + "is_stream, outcome, usage_source, q_input_uncached, q_cache_read, q_cache_write_5m, "
        + "q_cache_write_1h, q_output_text, q_output_reasoning, q_audio_in, q_audio_out, q_image_in, q_image_out, "
        + "q_web_search, q_web_fetch, "
        + "sku, service_tier, region, tag_keys, tag_values, budgets, raw_usage, rating_status, rating, price_version, "
        + "price_variant, cost_usd, edge_price_version, edge_cost_usd, ingested_at, row_version, schema_version";

    /// <summary>
    /// Which of two rows of an event holds: the higher version of the event, and of one version the later rating.
    /// </summary>
    public ulong RowVersion => ((ulong)Usage.Event.EventVersion << 32) | (uint)Rating;

    /// <summary>The variant of the price: <see cref="Money.Pricing.PriceVariant.Label"/>; empty: none.</summary>
    public string PriceVariant { get; init; } = "";

    public string RatingStatus => PriceVersion is null ? RatingStatuses.Unpriced : RatingStatuses.Rated;

    /// <summary>Writes rows as JSON lines.</summary>
    /// <param name="rows">In any order.</param>
    /// <param name="ingestedAt">When they are being stored.</param>
    public static ReadOnlyMemory<byte> Lines(IEnumerable<UsageRow> rows, DateTimeOffset ingestedAt)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var json = new Utf8JsonWriter(buffer, Plain);
        foreach (var row in rows)
        {
            row.Write(json, ingestedAt);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }

        return buffer.WrittenMemory;
    }

    // Decimals are bare numbers (18.16 refuses quoted ones) and times are Unix seconds, which no server's zone can
    // bend.
    private void Write(Utf8JsonWriter json, DateTimeOffset ingestedAt)
    {
        var recorded = Usage.Event;
        var occurred = recorded.OccurredAt.ToUnixTimeMilliseconds();
        json.WriteStartObject();
        json.WriteString("event_id", recorded.EventId);
        json.WriteNumber("event_version", recorded.EventVersion);
        json.WriteString("tenant", recorded.Tenant);
        json.WriteNumber("occurred_hour", occurred / 3_600_000 * 3600);
        json.WriteNumber("occurred_at", occurred / 1000);
        json.WriteNumber("occurred_ms", occurred % 1000);
        json.WriteNumber("recorded_at", recorded.RecordedAt.ToUnixTimeSeconds());
        json.WriteString("request_id", recorded.RequestId);
        json.WriteNumber("attempt", recorded.Attempt);
        json.WriteNumber("part", recorded.Part);
        json.WriteString("edge_id", Usage.EdgeId);
        json.WriteNumber("edge_epoch", Usage.Epoch);
        json.WriteNumber("edge_sequence", Usage.Sequence);
        WriteCaller(json, recorded);
        WriteTokens(json, recorded.Tokens);
        json.WriteString("sku", recorded.Sku);
        WriteService(json, recorded);
        json.WriteString("rating_status", RatingStatus);
        json.WriteNumber("rating", Rating);
        json.WriteString("price_version", PriceVersion ?? "");
        json.WriteString("price_variant", PriceVariant);
        json.WriteNumber("cost_usd", CostUsd);
        json.WriteString("edge_price_version", recorded.PriceVersion ?? "");
        json.WriteNumber("edge_cost_usd", recorded.CostNanoUsd / NanoPerUsd);
        json.WriteNumber("ingested_at", ingestedAt.ToUnixTimeSeconds());
        json.WriteNumber("row_version", RowVersion);
        json.WriteNumber("schema_version", SchemaVersion);
        json.WriteEndObject();
    }

    private static void WriteCaller(Utf8JsonWriter json, UsageRecorded recorded)
    {
        json.WriteString("team", recorded.Team ?? "");
        json.WriteString("cost_center", recorded.CostCenter ?? "");
        json.WriteString("project", recorded.Project ?? "");
        json.WriteString("user_name", recorded.User ?? "");
        json.WriteString("key_id", recorded.KeyId);
        json.WriteString("key_name", recorded.KeyName);
        json.WriteString("operation", recorded.Operation);
        json.WriteString("model_requested", recorded.ModelRequested);
        json.WriteString("model", recorded.Model);
        json.WriteString("provider", recorded.Provider);
        json.WriteString("provider_model", recorded.ProviderModel);
        json.WriteString("provider_request_id", recorded.ProviderRequestId ?? "");
        json.WriteNumber("is_stream", recorded.IsStream ? 1 : 0);
        json.WriteString("outcome", recorded.Outcome);
        json.WriteString("usage_source", recorded.UsageSource);
    }

    private static void WriteService(Utf8JsonWriter json, UsageRecorded recorded)
    {
        json.WriteString("service_tier", ServiceTiers.Canonical(recorded.ServiceTier));
        json.WriteString("region", recorded.Region ?? "");
        var tags = (recorded.Tags ?? []).DistinctBy(tag => tag.Key).OrderBy(tag => tag.Key, StringComparer.Ordinal);
        json.WriteStartArray("tag_keys");
        foreach (var tag in tags)
        {
            json.WriteStringValue(tag.Key);
        }

        json.WriteEndArray();
        json.WriteStartArray("tag_values");
        foreach (var tag in tags)
        {
            json.WriteStringValue(tag.Value);
        }

        json.WriteEndArray();
        json.WriteStartArray("budgets");
        foreach (var budget in recorded.Budgets)
        {
            json.WriteStringValue(BudgetColumn.Write(budget));
        }

        json.WriteEndArray();
        json.WriteString("raw_usage", recorded.RawUsage ?? "");
    }

    private static void WriteTokens(Utf8JsonWriter json, TokenUsage tokens)
    {
        json.WriteNumber("q_input_uncached", tokens.InputUncached);
        json.WriteNumber("q_cache_read", tokens.CacheRead);
        json.WriteNumber("q_cache_write_5m", tokens.CacheWrite5m);
        json.WriteNumber("q_cache_write_1h", tokens.CacheWrite1h);
        json.WriteNumber("q_output_text", tokens.OutputText);
        json.WriteNumber("q_output_reasoning", tokens.OutputReasoning);
        json.WriteNumber("q_audio_in", tokens.AudioIn);
        json.WriteNumber("q_audio_out", tokens.AudioOut);
        json.WriteNumber("q_image_in", tokens.ImageIn);
        json.WriteNumber("q_image_out", tokens.ImageOut);
        json.WriteNumber("q_web_search", tokens.WebSearches);
        json.WriteNumber("q_web_fetch", tokens.WebFetches);
    }
}
