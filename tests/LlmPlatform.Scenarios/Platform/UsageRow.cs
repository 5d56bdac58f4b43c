using System.Globalization;
using System.Text.Json;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>A usage row as billing keeps it: the highest version of one attempt.</summary>
public sealed record UsageRow(
    string RequestId, int Attempt, string Model, string UsageSource, string Outcome, long Input, long Output)
{
    public const string Provider = "provider";
    public const string RecoveredEstimate = "recovered_estimate";

    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Every row of the models, duplicates and replaced versions merged as a bill reads them.</summary>
    public static async Task<IReadOnlyList<UsageRow>> ReadAsync(
        PlatformUnderTest platform, IEnumerable<string> models, CancellationToken cancellationToken)
    {
        var database = platform.Servers.ClickHouse;
        var list = string.Join(',', models.Select(model => $"'{model}'"));
        using var query = new StringContent(
            $"""
            SELECT toString(request_id) AS request_id, attempt, model, usage_source, outcome,
                q_input_uncached + q_cache_read + q_cache_write_5m + q_cache_write_1h AS input,
                q_output_text + q_output_reasoning AS output
            FROM {database.Name}.usage_events FINAL WHERE model IN ({list}) FORMAT JSONEachRow
            """);
        using var response = await _http.PostAsync(
            new Uri($"{database.BaseUrl}/?output_format_json_quote_64bit_integers=0"), query, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{RequestId}/{Attempt} {UsageSource} {Outcome} {Input}+{Output}");

    private static UsageRow Parse(string line)
    {
        var row = JsonSerializer.Deserialize<JsonElement>(line);
        string Text(string name) => row.GetProperty(name).GetString()!;
        return new UsageRow(
            Text("request_id"), row.GetProperty("attempt").GetInt32(), Text("model"), Text("usage_source"),
            Text("outcome"), row.GetProperty("input").GetInt64(), row.GetProperty("output").GetInt64());
    }
}
