using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// <c>/organizations/usage_report/messages</c>, whose classes of tokens are disjoint, and
/// <c>/organizations/cost_report</c>, whose amounts are cents in decimal text.
/// </summary>
internal sealed class AnthropicReports(ReportPages pages) : IProviderReports
{
    private const string ApiVersion = "2023-06-01";
    private const decimal CentsPerDollar = 100m;

    private static readonly Uri Vendor = new("https://api.anthropic.com/v1");

    public string Kind => "anthropic";

    public async Task<IReadOnlyList<ProviderCharge>> PullAsync(
        ProviderAccount account, BillPeriod month, CancellationToken cancellationToken)
    {
        var address = (account.BaseUrl ?? Vendor).ToString().TrimEnd('/') + "/organizations";
        var headers = new Dictionary<string, string>
        {
            ["x-api-key"] = account.AdminKey,
            ["anthropic-version"] = ApiVersion,
        };
        var range = $"starting_at={Instant(month.StartsAt)}&ending_at={Instant(month.EndsAt)}&bucket_width=1d&limit=31";
        const string groups = "&group_by[]=model&group_by[]=api_key_id&group_by[]=service_tier";
        var charges = new List<ProviderCharge>();
        await foreach (var (bucket, result) in pages.ReadAsync(
            $"{address}/usage_report/messages?{range}{groups}", headers, cancellationToken))
        {
            charges.AddRange(UsageOf(DayOf(bucket), result));
        }

        await foreach (var (bucket, result) in pages.ReadAsync(
            $"{address}/cost_report?{range}&group_by[]=description", headers, cancellationToken))
        {
            charges.Add(CostOf(DayOf(bucket), result));
        }

        return charges;
    }

    private static IEnumerable<ProviderCharge> UsageOf(DateOnly day, JsonElement result)
    {
        var writes = result.TryGetProperty("cache_creation", out var creation) ? creation : default;
        foreach (var (meter, tokens) in new[]
        {
            (ChargeMeters.Input, Number(result, "uncached_input_tokens")),
            (ChargeMeters.CacheRead, Number(result, "cache_read_input_tokens")),
            (ChargeMeters.CacheWrite5m, Number(writes, "ephemeral_5m_input_tokens")),
            (ChargeMeters.CacheWrite1h, Number(writes, "ephemeral_1h_input_tokens")),
            (ChargeMeters.Output, Number(result, "output_tokens")),
        })
        {
            yield return new ProviderCharge
            {
                Day = day,
                Model = Text(result, "model"),
                Meter = meter,
                Tokens = tokens,
                ServiceTier = Text(result, "service_tier") ?? "",
                KeyId = Text(result, "api_key_id"),
            };
        }
    }

    private static ProviderCharge CostOf(DateOnly day, JsonElement result) => new()
    {
        Day = day,
        // A search is charged beside the tokens of the model that made it.
        Model = Text(result, "cost_type") is null or "tokens" ? Text(result, "model") : null,
        Meter = Text(result, "cost_type") == "web_search" ? ChargeMeters.Web : null,
        AmountUsd = decimal.Parse(
            result.GetProperty("amount").GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture)
            / CentsPerDollar,
        ServiceTier = Text(result, "service_tier") ?? "",
        Description = Text(result, "description") ?? Text(result, "cost_type") ?? "",
    };

    private static DateOnly DayOf(JsonElement bucket) => DateOnly.FromDateTime(
        DateTimeOffset.Parse(
            bucket.GetProperty("starting_at").GetString()!, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal).UtcDateTime);

    private static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static long Number(JsonElement result, string name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out var number)
        && number.ValueKind == JsonValueKind.Number ? number.GetInt64() : 0;

    private static string? Text(JsonElement result, string name) =>
        result.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
