using System.Text;
using System.Text.Json;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Billing.Tests.Bills;

public sealed class BillTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_lines_of_a_bill_add_up_to_what_its_calls_cost(int seed)
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var events = Usages.Many(300, new Random(seed));
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(seed))]);
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(seed + 100))]);

        var november = events.Where(usage => usage.OccurredAt is { Year: 2026, Month: 11 }).ToList();
        var page = await billing.GetAsync("/admin/v1/bills?period=2026-11");
        var bills = page.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            november.Select(usage => usage.Tenant).Distinct().Order(StringComparer.Ordinal),
            bills.Select(bill => bill.GetProperty("tenant").GetString()));
        foreach (var summary in bills)
        {
            Assert.False(summary.TryGetProperty("lines", out _));
            var mine = november.Where(usage => usage.Tenant == summary.GetProperty("tenant").GetString()).ToList();
            var bill = await billing.GetAsync($"/admin/v1/bills/{summary.GetProperty("id").GetString()}");
            AssertSays(bill, mine);
        }
    }

    [Fact]
    public async Task A_month_begins_and_ends_at_midnight_of_the_billing_time_zone()
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration("Asia/Taipei")));

        // Taipei is eight hours ahead all year: its November is 31 October 16:00 UTC to 30 November 16:00 UTC.
        var begin = new DateTimeOffset(2026, 10, 31, 16, 0, 0, TimeSpan.Zero);
        var end = new DateTimeOffset(2026, 11, 30, 16, 0, 0, TimeSpan.Zero);
        var tick = TimeSpan.FromMilliseconds(1);
        DateTimeOffset[] moments = [begin - tick, begin, end - tick, end];
        await billing.StoreAsync(Usages.Envelope(1, [.. moments.Select(moment => Usages.Event(at: moment))]));

        var rows = await Task.WhenAll(RowsOf("2026-10"), RowsOf("2026-11"), RowsOf("2026-12"));
        Assert.Equal([1, 2, 1], rows);
        var bill = await billing.GetAsync("/admin/v1/bills/bill_acme_2026-11");
        Assert.Equal(begin, bill.GetProperty("period_start").GetDateTimeOffset());
        Assert.Equal(end, bill.GetProperty("period_end").GetDateTimeOffset());

        async Task<long> RowsOf(string period) =>
            (await billing.GetAsync($"/admin/v1/bills/bill_acme_{period}"))
                .GetProperty("data_quality").GetProperty("rows").GetInt64();
    }

    [Fact]
    public async Task The_same_bill_as_csv_has_the_same_amounts_and_no_formula()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        const string tenant = "=HYPERLINK(\"http://x\"),公司\r\n";
        var events = Usages.Many(50, new Random(5))
            .Select(usage => usage with { Tenant = tenant, Team = "@sum", OccurredAt = Usages.Noon })
            .ToList();
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(5))]);

        var id = (await billing.GetAsync("/admin/v1/bills?period=2026-11")).GetProperty("items")[0]
            .GetProperty("id").GetString()!;
        using var answer = await billing.RequestAsync($"/admin/v1/bills/{id}.csv");
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var csv = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(
            TestContext.Current.CancellationToken));
        var records = CsvRecords.Read(csv);
        var amount = Array.IndexOf(records[0], "amount_usd");
        var kind = Array.IndexOf(records[0], "token_class");
        var body = records.Skip(1).ToList();
        var amounts = body.Where(record => record[kind] != "total").Select(Amount).ToList();
        Assert.Equal(Oracle.TotalOf(events), amounts.Sum());
        Assert.Equal(Oracle.TotalOf(events), Amount(Assert.Single(body, record => record[kind] == "total")));
        Assert.All(body, record => Assert.Equal("'" + tenant, record[1]));
        Assert.Contains(body, record => record[4] == "'@sum");

        decimal Amount(string[] record) =>
            decimal.Parse(record[amount], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_bill_that_does_not_exist_is_not_found()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        foreach (var id in new[] { "bill_acme_2026-13", "bill_nobody_2026-11", "acme_2026-11", "bill__2026-11" })
        {
            using var answer = await billing.RequestAsync($"/admin/v1/bills/{id}");
            Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("a_b_2026-10")]
    [InlineData("公司 ~/%41?&#'")]
    public void The_id_of_a_bill_tells_its_tenant_and_needs_no_escaping(string tenant)
    {
        var id = BillId.Of(tenant, "2026-11");
        Assert.Equal(id, Uri.EscapeDataString(id));
        Assert.True(BillId.TryParse(id, out var read, out var period));
        Assert.Equal((tenant, "2026-11"), (read, period));
    }

    private static void AssertSays(JsonElement bill, List<UsageRecorded> events)
    {
        var total = Oracle.TotalOf(events);
        var lines = bill.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(total, bill.GetProperty("total_usd").GetDecimal());
        Assert.Equal(total, lines.Sum(line => line.GetProperty("amount_usd").GetDecimal()));
        Assert.Equal(decimal.Round(total, 2, MidpointRounding.ToEven), bill.GetProperty("payable_usd").GetDecimal());
        Assert.Contains(bill.GetProperty("state").GetString(), new[] { "open", "collecting" });
        Assert.DoesNotContain(lines, line => line.GetProperty("token_class").GetString() == BillLine.Adjustment);
        Assert.All(lines.Where(line => line.TryGetProperty("unit_price_usd", out var price)
            && price.ValueKind == JsonValueKind.Number), AssertIsQuantityTimesPrice);
        Assert.Equal(
            events.Where(usage => usage.Model != "free").Sum(usage => usage.Tokens.OutputReasoning),
            lines.Where(line => line.GetProperty("model").GetString() != "free"
                && line.GetProperty("token_class").GetString() == "reasoning")
                .Sum(line => line.GetProperty("quantity").GetInt64()));
        Assert.Equal(
            events.Sum(usage => usage.Tokens.WebSearches),
            lines.Where(line => line.GetProperty("token_class").GetString() == "web_search")
                .Sum(line => line.GetProperty("quantity").GetInt64()));
        var quality = bill.GetProperty("data_quality");
        Assert.Equal(events.Count, quality.GetProperty("rows").GetInt64());
        Assert.Equal(events.Count(usage => usage.EventVersion == 1), quality.GetProperty("estimated_rows").GetInt64());
        Assert.Equal(
            events.Count(usage => Oracle.CostOf(usage) is null), quality.GetProperty("unpriced_rows").GetInt64());
    }

    private static void AssertIsQuantityTimesPrice(JsonElement line) => Assert.Equal(
        line.GetProperty("amount_usd").GetDecimal(),
        line.GetProperty("quantity").GetInt64() * line.GetProperty("unit_price_usd").GetDecimal()
            / line.GetProperty("price_per").GetInt32());
}
