using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers.Accounts;

/// <summary>
/// An organization's usage and cost reports as OpenAI and Anthropic document them: buckets of a UTC day, a few a page,
/// for an administrator's key only.
/// </summary>
public sealed class FakeAccount : IAsyncDisposable
{
    private const int BucketsOfAPage = 4;

    private LoopbackServer _server = null!;

    private FakeAccount()
    {
    }

    /// <summary>What to give as <c>BaseUrl</c>.</summary>
    public Uri BaseUrl => new(_server.Address, "v1");

    /// <summary>The only key that opens it.</summary>
    public string AdminKey { get; } = "sk-admin-test";

    public List<CountedUsage> Usage { get; } = [];

    public List<ChargedCost> Costs { get; } = [];

    public static async Task<FakeAccount> StartAsync()
    {
        var account = new FakeAccount();
        account._server = await LoopbackServer.StartAsync(account.AnswerAsync);
        return account;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var request = http.Request;
        var isOpenAi = request.Headers.Authorization == $"Bearer {AdminKey}";
        if (!isOpenAi && (request.Headers["x-api-key"] != AdminKey || request.Headers["anthropic-version"].Count == 0))
        {
            http.Response.StatusCode = 401;
            return;
        }

        Func<DateOnly, JsonArray>? results = request.Path.Value switch
        {
            "/v1/organization/usage/completions" => OpenAiUsage,
            "/v1/organization/usage/embeddings" => _ => [],
            "/v1/organization/costs" => OpenAiCosts,
            "/v1/organizations/usage_report/messages" => AnthropicUsage,
            "/v1/organizations/cost_report" => AnthropicCosts,
            _ => null,
        };
        if (results is null)
        {
            http.Response.StatusCode = 404;
            return;
        }

        await http.Response.WriteAsync(Page(request.Query, isOpenAi, results).ToJsonString());
    }

    private static JsonObject Page(IQueryCollection query, bool isOpenAi, Func<DateOnly, JsonArray> results)
    {
        var (from, to) = (DayOf(query[isOpenAi ? "start_time" : "starting_at"]!, isOpenAi),
            DayOf(query[isOpenAi ? "end_time" : "ending_at"]!, isOpenAi));
        var first = query.TryGetValue("page", out var page)
            ? DateOnly.ParseExact(page.ToString()["page_".Length..], "yyyyMMdd", CultureInfo.InvariantCulture)
            : from;
        var last = first.AddDays(BucketsOfAPage) < to ? first.AddDays(BucketsOfAPage) : to;
        var buckets = new JsonArray();
        for (var day = first; day < last; day = day.AddDays(1))
        {
            var bucket = isOpenAi
                ? new JsonObject { ["start_time"] = Unix(day), ["end_time"] = Unix(day.AddDays(1)) }
                : new JsonObject { ["starting_at"] = Instant(day), ["ending_at"] = Instant(day.AddDays(1)) };
            bucket["results"] = results(day);
            buckets.Add(bucket);
        }

        return new JsonObject
        {
            ["object"] = "page",
            ["data"] = buckets,
            ["has_more"] = last < to,
            ["next_page"] = last < to ? $"page_{last:yyyyMMdd}" : null,
        };
    }

    // Cached tokens are within the input here.
    private JsonArray OpenAiUsage(DateOnly day) =>
    [
        .. Usage.Where(usage => usage.Day == day).Select(usage => new JsonObject
        {
            ["object"] = "organization.usage.completions.result",
            ["input_tokens"] = usage.Input + usage.CacheRead,
            ["input_cached_tokens"] = usage.CacheRead,
            ["output_tokens"] = usage.Output,
            ["num_model_requests"] = 1,
            ["model"] = usage.Model,
            ["api_key_id"] = usage.KeyId,
            ["service_tier"] = usage.ServiceTier,
            ["batch"] = false,
        }),
    ];

    private JsonArray OpenAiCosts(DateOnly day) =>
    [
        .. Costs.Where(cost => cost.Day == day).Select(cost => new JsonObject
        {
            ["object"] = "organization.costs.result",
            ["amount"] = new JsonObject { ["value"] = cost.AmountUsd, ["currency"] = "usd" },
            ["line_item"] = cost.Model is null ? cost.Item : $"{cost.Model}, {cost.Item}",
            ["project_id"] = null,
        }),
    ];

    private JsonArray AnthropicUsage(DateOnly day) =>
    [
        .. Usage.Where(usage => usage.Day == day).Select(usage => new JsonObject
        {
            ["uncached_input_tokens"] = usage.Input,
            ["cache_read_input_tokens"] = usage.CacheRead,
            ["cache_creation"] = new JsonObject
            {
                ["ephemeral_5m_input_tokens"] = usage.CacheWrite5m,
                ["ephemeral_1h_input_tokens"] = usage.CacheWrite1h,
            },
            ["output_tokens"] = usage.Output,
            ["server_tool_use"] = new JsonObject { ["web_search_requests"] = 0 },
            ["model"] = usage.Model,
            ["api_key_id"] = usage.KeyId,
            ["service_tier"] = usage.ServiceTier == "default" ? "standard" : usage.ServiceTier,
            ["workspace_id"] = null,
        }),
    ];

    // Cents, as text.
    private JsonArray AnthropicCosts(DateOnly day) =>
    [
        .. Costs.Where(cost => cost.Day == day).Select(cost => new JsonObject
        {
            ["amount"] = (cost.AmountUsd * 100).ToString(CultureInfo.InvariantCulture),
            ["currency"] = "USD",
            ["cost_type"] = cost.Model is null ? "web_search" : "tokens",
            ["model"] = cost.Model,
            ["description"] = cost.Item,
            ["workspace_id"] = null,
        }),
    ];

    private static DateOnly DayOf(string text, bool isUnix) => DateOnly.FromDateTime((isUnix
        ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(text, CultureInfo.InvariantCulture))
        : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)).UtcDateTime);

    private static long Unix(DateOnly day) =>
        new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();

    private static string Instant(DateOnly day) => $"{day:yyyy-MM-dd}T00:00:00Z";
}
