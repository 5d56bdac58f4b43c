using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// <c>/organization/usage/…</c>, where cached tokens are within the input, and <c>/organization/costs</c>, whose
/// <c>line_item</c> names a model and what of it, or something else that is charged.
/// </summary>
internal sealed class OpenAiReports(ReportPages pages) : IProviderReports
{
    private static readonly Uri Vendor = new("https://api.openai.com/v1");
    private static readonly string[] Usages = ["completions", "embeddings"];

    public string Kind => "openai";

    public async Task<IReadOnlyList<ProviderCharge>> PullAsync(
        ProviderAccount account, BillPeriod month, CancellationToken cancellationToken)
    {
        var address = (account.BaseUrl ?? Vendor).ToString().TrimEnd('/') + "/organization";
        var headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {account.AdminKey}" };
        var range = string.Create(
            CultureInfo.InvariantCulture,
            $"start_time={month.StartsAt.ToUnixTimeSeconds()}&end_time={month.EndsAt.ToUnixTimeSeconds()}")
            + "&bucket_width=1d&limit=31";
        var charges = new List<ProviderCharge>();
        foreach (var usage in Usages)
        {
            const string groups = "&group_by=model&group_by=api_key_id&group_by=service_tier";
            var asked = $"{address}/usage/{usage}?{range}{(usage == "completions" ? groups : "&group_by=model")}";
            await foreach (var (bucket, result) in pages.ReadAsync(asked, headers, cancellationToken))
            {
                charges.AddRange(UsageOf(DayOf(bucket), result));
            }
        }

        await foreach (var (bucket, result) in pages.ReadAsync(
            $"{address}/costs?{range}&group_by=line_item", headers, cancellationToken))
        {
            charges.Add(CostOf(DayOf(bucket), result));
        }

        return charges;
    }

    private static IEnumerable<ProviderCharge> UsageOf(DateOnly day, JsonElement result)
    {
        var (input, cached) = (Number(result, "input_tokens"), Number(result, "input_cached_tokens"));
        var (output, model) = (Number(result, "output_tokens"), Text(result, "model"));
        foreach (var (meter, tokens) in new[]
        {
            (ChargeMeters.Input, input - cached), (ChargeMeters.CacheRead, cached), (ChargeMeters.Output, output),
        })
        {
            yield return new ProviderCharge
            {
                Day = day,
                Model = model,
                Meter = meter,
                Tokens = tokens,
                ServiceTier = Text(result, "service_tier") ?? "",
                KeyId = Text(result, "api_key_id"),
            };
        }
    }

    // "gpt-4o-2024-08-06, cached input"; what names no model has no comma, or something before it that is none.
    private static ProviderCharge CostOf(DateOnly day, JsonElement result)
    {
        var item = Text(result, "line_item") ?? "";
        var amount = result.GetProperty("amount");
        var currency = Text(amount, "currency") ?? "usd";
        if (!string.Equals(currency, "usd", StringComparison.OrdinalIgnoreCase))
        {
            throw new ReportUnavailableException($"The costs are in {currency}; only USD is compared.");
        }

        var comma = item.IndexOf(", ", StringComparison.Ordinal);
        return new ProviderCharge
        {
            Day = day,
            Model = comma > 0 ? item[..comma] : null,
            Meter = item.Contains("web search", StringComparison.OrdinalIgnoreCase) ? ChargeMeters.Web : null,
            // The text of the number: a double would have lost the last digits.
            AmountUsd = Math.Round(
                decimal.Parse(
                    amount.GetProperty("value").ToString(), NumberStyles.Float, CultureInfo.InvariantCulture),
                12),
            Description = item,
        };
    }

    private static DateOnly DayOf(JsonElement bucket) => DateOnly.FromDateTime(
        DateTimeOffset.FromUnixTimeSeconds(bucket.GetProperty("start_time").GetInt64()).UtcDateTime);

    private static long Number(JsonElement result, string name) =>
        result.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number
            ? number.GetInt64()
            : 0;

    private static string? Text(JsonElement result, string name) =>
        result.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
