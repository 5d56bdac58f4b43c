using System.Globalization;
using System.Text.Json;
using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>A usage row as a bill reads it: the highest version of one event.</summary>
internal sealed record BilledAttempt(
    Guid EventId,
    string RequestId,
    string Attempt,
    int Version,
    string UsageSource,
    string Outcome,
    string Model,
    long Input,
    long Output,
    decimal CostUsd)
{
    private const int RecoveredVersion = 1;
    private const int ActualVersion = 2;

    /// <summary>As the provider said.</summary>
    public bool IsExact => (UsageSource, Version) == ("provider", ActualVersion);

    /// <summary>Estimated after its edge had died.</summary>
    public bool IsRecovered => (UsageSource, Version) == ("recovered_estimate", RecoveredVersion);

    /// <summary>Counted by the edge, because the provider broke off before it said anything.</summary>
    public bool IsCounted => (UsageSource, Version) == ("gateway_counted", ActualVersion);

    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Every row there is.</summary>
    public static async Task<IReadOnlyList<BilledAttempt>> ReadAllAsync(
        PlatformUnderTest platform, CancellationToken cancellationToken)
    {
        var warehouse = platform.Servers.ClickHouse;
        using var query = new StringContent(
            $"""
            SELECT toString(event_id) AS event_id, toString(request_id) AS request_id, attempt, event_version,
                usage_source, outcome, model,
                q_input_uncached + q_cache_read + q_cache_write_5m + q_cache_write_1h AS input,
                q_output_text + q_output_reasoning AS output, toString(cost_usd) AS cost
            FROM {warehouse.Name}.usage_events FINAL FORMAT JSONEachRow
            """);
        using var response = await _http.PostAsync(
            new Uri($"{warehouse.BaseUrl}/?output_format_json_quote_64bit_integers=0"), query, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)]
            : throw new HttpRequestException(text);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{UsageSource} version {Version}, {Input}+{Output} tokens of {Model}, {Outcome}");

    private static BilledAttempt Parse(string line)
    {
        var row = JsonSerializer.Deserialize<JsonElement>(line);
        string Text(string name) => row.GetProperty(name).GetString()!;
        return new BilledAttempt(
            Guid.Parse(Text("event_id")),
            Text("request_id"),
            row.GetProperty("attempt").GetInt32().ToString(CultureInfo.InvariantCulture),
            row.GetProperty("event_version").GetInt32(),
            Text("usage_source"),
            Text("outcome"),
            Text("model"),
            row.GetProperty("input").GetInt64(),
            row.GetProperty("output").GetInt64(),
            decimal.Parse(Text("cost"), CultureInfo.InvariantCulture));
    }
}
