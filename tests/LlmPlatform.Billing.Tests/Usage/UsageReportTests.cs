using System.Net;
using System.Text.Json;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Billing.Usage;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Usage;

public sealed class UsageReportTests
{
    private const string Year = "from=2026-01-01&to=2027-01-01";

    [Theory]
    [EveryClickHouse]
    public async Task Groups_say_what_a_sum_in_memory_says(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration("Asia/Taipei")), engine: engine);
        var events = Usages.Many(300, new Random(11));
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(11))]);

        await AssertGroupsAsync(billing, events, "tenant,model", usage => [usage.Tenant, usage.Model]);
        await AssertGroupsAsync(
            billing, events, "day,team", usage => [Local(usage).ToString("yyyy-MM-dd", null), usage.Team ?? ""]);
        await AssertGroupsAsync(billing, events, "month", usage => [Local(usage).ToString("yyyy-MM", null)]);
        await AssertGroupsAsync(
            billing, events, "hour", usage => [usage.OccurredAt.ToString("yyyy-MM-dd'T'HH:00:00'Z'", null)]);
        await AssertGroupsAsync(
            billing, events, "key,cost_center,project,user,provider",
            usage => [usage.KeyId, usage.CostCenter!, usage.Project!, usage.User!, usage.Provider]);
        foreach (var dimension in UsageDimension.ByName.Keys.Append("tag:env"))
        {
            var report = await billing.GetAsync($"/admin/v1/usage?{Year}&limit=1000&group_by={dimension}");
            Assert.Equal(
                events.Count,
                report.GetProperty("items").EnumerateArray().Sum(group => group.GetProperty("requests").GetInt64()));
        }

        DateTimeOffset Local(UsageRecorded usage) => usage.OccurredAt.ToOffset(TimeSpan.FromHours(8));
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_rollup_says_what_the_rows_say_and_only_when_nothing_changed_since(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration("Asia/Kathmandu")),
            settings: new Dictionary<string, string?> { ["Billing:Rollup:Interval"] = "01:00:00" }, engine: engine);
        var events = Usages.Many(300, new Random(21))
            .Select((usage, index) => usage with
            {
                ServiceTier = index % 3 == 0 ? "batch" : null,
                Tags = index % 2 == 0 ? [new UsageTag { Key = "env", Value = $"e{index % 4}" }] : null,
            })
            .ToList();
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(21))]);
        var questions = new[] { "tag:env,tier,day", "tenant,team,user,project,cost_center", "provider,model,month" }
            .Select(groups => $"/admin/v1/usage?{Year}&limit=1000&group_by={groups}")
            .Append($"/admin/v1/usage?{Year}&limit=1000&group_by=day&tag:env=e0&tier=standard").ToList();
        var fromRows = await AnswersAsync();

        var sweep = billing.Services.GetRequiredService<RollupSweep>();
        while (await sweep.RebuildAsync(TestContext.Current.CancellationToken) > 0)
        {
        }

        Assert.Equal(fromRows, await AnswersAsync());

        // What is not built is read from the rows, so a report is never behind; and building it again says the same.
        await billing.StoreAsync(Usages.Envelope(1001, events[0] with { EventVersion = 9, Tokens = new TokenUsage() }));
        var changed = await AnswersAsync();
        Assert.NotEqual(fromRows, changed);
        while (await sweep.RebuildAsync(TestContext.Current.CancellationToken) > 0)
        {
        }

        Assert.Equal(changed, await AnswersAsync());

        async Task<List<string>> AnswersAsync()
        {
            var answers = new List<string>();
            foreach (var question in questions)
                answers.Add((await billing.GetAsync(question)).GetRawText());
            return answers;
        }
    }

    [Fact]
    public async Task The_total_is_the_sum_of_all_groups_on_every_page()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var events = Usages.Many(150, new Random(22));
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(22))]);

        var page = await billing.GetAsync($"/admin/v1/usage?{Year}&group_by=day&limit=2");

        Assert.Equal(2, page.GetProperty("items").GetArrayLength());
        Assert.Equal(150, page.GetProperty("total").GetProperty("requests").GetInt64());
        Assert.Equal(Oracle.TotalOf(events), page.GetProperty("total").GetProperty("cost_usd").GetDecimal());
    }

    [Theory]
    [EveryClickHouse]
    public async Task Pages_hold_every_group_once_in_order(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var events = Usages.Many(200, new Random(3));
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(3))]);

        var whole = Keys(await billing.GetAsync($"/admin/v1/usage?{Year}&group_by=tenant,day&limit=1000"));
        var paged = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await billing.GetAsync($"/admin/v1/usage?{Year}&group_by=tenant,day&limit=7&cursor={cursor}");
            paged.AddRange(Keys(page));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }

        Assert.True(whole.Count > 20);
        Assert.Equal(whole, paged);

        static List<string> Keys(JsonElement page) =>
        [
            .. page.GetProperty("items").EnumerateArray()
                .Select(item => $"{item.GetProperty("tenant")}|{item.GetProperty("day")}"),
        ];
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_filter_is_only_ever_a_value(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        string[] all =
        [
            "' OR 1=1 -- ", "\\' OR 1=1 -- ", "\\", "acme'; DROP TABLE usage_events; --",
            "') UNION ALL SELECT 1 FORMAT JSONEachRow", "\0'\n\t`\"{tenant}",
        ];
        await billing.StoreAsync(Usages.Envelope(
            1, [Usages.Event(), .. all.Select(hostile => Usages.Event(tenant: hostile))]));
        foreach (var hostile in all)
        {
            var value = Uri.EscapeDataString(hostile);
            foreach (var filter in new[] { $"tenant={value}", $"tenant={value}&tenant=nobody" })
            {
                var report = await billing.GetAsync($"/admin/v1/usage?{Year}&group_by=tenant&{filter}");
                var only = Assert.Single(report.GetProperty("items").EnumerateArray());
                Assert.Equal(hostile, only.GetProperty("tenant").GetString());
                Assert.Equal(1, report.GetProperty("total").GetProperty("requests").GetInt64());
            }

            foreach (var name in new[] { "team", "key", "model", "user", "project", "provider", "cost_center" })
            {
                var report = await billing.GetAsync($"/admin/v1/usage?{Year}&{name}={value}");
                Assert.Equal(0, report.GetProperty("total").GetProperty("requests").GetInt64());
            }
        }

        Assert.Equal(all.Length + 1, await billing.RowsAsync());
    }

    [Fact]
    public async Task A_question_that_cannot_be_answered_is_refused_with_what_is_allowed()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        foreach (var (query, code, hint) in new[]
        {
            ("group_by=tenant,phase_of_moon", "unknown_dimension", "tenant, team, cost_center"),
            ("group_by=tenant%29%20FORMAT%20CSV", "unknown_dimension", "tenant, team, cost_center"),
            ("modle=small", "unknown_filter", "model"),
            ("day=2026-11-20", "unknown_filter", "from"),
            ("from=yesterday", "invalid_from", "2026-11-01"),
            ("from=2026-11-02&to=2026-11-02", "invalid_range", "before"),
            ("limit=0", "invalid_limit", "1000"),
            ("cursor=x", "invalid_cursor", "cursor"),
        })
        {
            using var answer = await billing.RequestAsync($"/admin/v1/usage?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var problem = JsonDocument.Parse(
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(code, problem.RootElement.GetProperty("type").GetString());
            Assert.Contains(hint, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_range_holds_its_first_instant_and_not_its_last(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var tick = TimeSpan.FromMilliseconds(1);
        DateTimeOffset[] moments = [Usages.Noon - tick, Usages.Noon, Usages.Noon + tick];
        await billing.StoreAsync(Usages.Envelope(1, [.. moments.Select(moment => Usages.Event(at: moment))]));

        var report = await billing.GetAsync(
            "/admin/v1/usage?from=2026-11-20T12:00:00Z&to=2026-11-20T20:00:00.001%2B08:00");
        Assert.Equal(1, report.GetProperty("total").GetProperty("requests").GetInt64());
    }

    private static async Task AssertGroupsAsync(
        BillingReplica billing,
        IReadOnlyList<UsageRecorded> events,
        string groupBy,
        Func<UsageRecorded, string[]> keyOf)
    {
        var names = groupBy.Split(',');
        var report = await billing.GetAsync($"/admin/v1/usage?{Year}&limit=1000&group_by={groupBy}");
        var seen = report.GetProperty("items").EnumerateArray().Select(item => string.Join('|', [
            .. names.Select(name => item.GetProperty(name).GetString()),
            .. Figures.Select(figure => item.GetProperty(figure).GetDecimal().ToString("0.############", null))]));
        var expected = events.GroupBy(usage => string.Join('|', keyOf(usage))).Select(group => string.Join('|', [
            group.Key,
            .. FiguresOf([.. group]).Select(figure => figure.ToString("0.############", null))]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Equal(
            FiguresOf(events), Figures.Select(figure => report.GetProperty("total").GetProperty(figure).GetDecimal()));
    }

    private static readonly string[] Figures =
    [
        "requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
        "web_searches", "cost_usd", "estimated", "unpriced",
    ];

    private static decimal[] FiguresOf(IReadOnlyList<UsageRecorded> events) =>
    [
        events.Count,
        events.Sum(usage => usage.Tokens.TotalInput),
        events.Sum(usage => usage.Tokens.CacheRead),
        events.Sum(usage => usage.Tokens.CacheWrite5m + usage.Tokens.CacheWrite1h),
        events.Sum(usage => usage.Tokens.TotalOutput),
        events.Sum(usage => usage.Tokens.OutputReasoning),
        events.Sum(usage => usage.Tokens.WebSearches),
        Oracle.TotalOf(events),
        events.Count(usage => usage.EventVersion == 1),
        events.Count(usage => Oracle.CostOf(usage) is null),
    ];
}
