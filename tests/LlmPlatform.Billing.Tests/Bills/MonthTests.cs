using System.Diagnostics;
using System.Globalization;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Tests.Exports;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Bills;

/// <summary>Five tenants in five zones and three currencies; <c>BILLING_EVENTS</c> says how many events.</summary>
public sealed class MonthTests(ITestOutputHelper output)
{
    private static readonly (string Tenant, string Zone, string Currency)[] Tenants =
    [
        ("acme", "Europe/Berlin", "EUR"), ("bolt", "America/Los_Angeles", "USD"), ("cnki", "Asia/Shanghai", "USD"),
        ("dyn", "Asia/Kathmandu", "JPY"), ("eyre", "Australia/Lord_Howe", "EUR"),
    ];

    [Fact]
    public async Task A_month_replayed_shuffled_and_doubled_into_another_ClickHouse_gives_the_same_bills_to_the_byte()
    {
        var random = new Random(61);
        var count = int.Parse(Environment.GetEnvironmentVariable("BILLING_EVENTS") ?? "4000", null);
        var envelopes = Month(count, random).Chunk(500)
            .Select((some, index) => Usages.Envelope((index * 500) + 1, some)).ToArray();
        var first = await BillsAsync(envelopes, 20, ClickHouseEngine.Oldest);
        var again = envelopes.Concat(envelopes.Where((_, index) => index % 3 == 0)).ToArray();
        random.Shuffle(again);

        Assert.Equal(first, await BillsAsync(again, 7, ClickHouseEngine.Current));
        Assert.Equal(5, first.Count);
    }

    private async Task<List<string>> BillsAsync(UsageRecordedBatch[] envelopes, int atOnce, ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), Closing.Clock(), engine: engine);
        foreach (var (tenant, zone, currency) in Tenants)
        {
            await billing.AgreeAsync("/admin/v1/terms", new
            {
                tenant,
                from_period = "2026-11",
                reason = "contract",
                terms = new { time_zone = zone, currency, markup_share = 0.07m },
            });
        }

        await billing.AgreeAsync("/admin/v1/exchange-rates", new[]
        {
            new { currency = "EUR", day = "2026-11-27", per_usd = 0.91371m, source = "ECB" },
            new { currency = "JPY", day = "2026-11-27", per_usd = 155.23m, source = "ECB" },
        });
        var watch = Stopwatch.StartNew();
        foreach (var some in envelopes.Chunk(atOnce))
            await billing.StoreAsync(some);
        output.WriteLine($"{envelopes.Sum(one => one.Events.Count):N0} deliveries stored in {watch.Elapsed}");
        watch.Restart();
        var bills = await billing.IssueAsync();
        output.WriteLine($"{bills.Count} bills computed, closed, approved and issued in {watch.Elapsed}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"The bills took {watch.Elapsed}.");
        await using var scope = billing.Services.CreateAsyncScope();
        var cancellation = TestContext.Current.CancellationToken;
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>().BalancesAsync(cancellation);
        Assert.All(balances.GroupBy(one => one.Currency), one => Assert.Equal(0, one.Sum(entry => entry.Amount)));
        var rows = await scope.ServiceProvider.GetRequiredService<BillingDbContext>().Bills.AsNoTracking()
            .OrderBy(row => row.Number).ToListAsync(cancellation);
        Assert.All(rows, row => Assert.True(
            BillDocument.Read(row.Document).Gates.Single(gate => gate.Name == "balance").Passed));
        foreach (var bill in bills)
            await AssertPapersAsync(billing, bill.GetProperty("id").GetString()!);
        return [.. rows.Select(row => $"{row.Number} {row.ContentHash}")];
    }

    // The CSV's lines, FOCUS and the PDF say what the bill does, to the last decimal.
    private static async Task AssertPapersAsync(BillingReplica billing, string id)
    {
        var bill = await billing.GetAsync($"/admin/v1/bills/{id}");
        var csv = await ReadAsync($"/admin/v1/bills/{id}.csv");
        Assert.Equal(bill.GetProperty("subtotal").GetDecimal(), SumOf(csv.SkipLast(1).ToList(), "amount"));
        var focus = await ReadAsync($"/admin/v1/bills/{id}/focus.csv");
        Assert.Equal(bill.GetProperty("payable").GetDecimal(), SumOf(focus, "BilledCost"));
        using var pdf = await billing.RequestAsync($"/admin/v1/bills/{id}.pdf");
        Assert.Equal(
            bill.GetProperty("payable").GetDecimal(),
            PdfText.Read(await pdf.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))
                .AmountBeside("Payable"));

        async Task<IReadOnlyList<string[]>> ReadAsync(string path)
        {
            using var answer = await billing.RequestAsync(path);
            return CsvRecords.Read(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        static decimal SumOf(IReadOnlyList<string[]> records, string column) => records.Skip(1).Sum(record =>
            decimal.Parse(record[Array.IndexOf(records[0], column)], CultureInfo.InvariantCulture));
    }

    // A tenth of the events were estimated first, some were corrected, and some lie in the days around the month.
    private static IEnumerable<UsageRecorded> Month(int count, Random random)
    {
        var start = new DateTimeOffset(2026, 10, 31, 0, 0, 0, TimeSpan.Zero);
        foreach (var usage in Usages.Many(count, random))
        {
            var actual = usage with
            {
                Tenant = Tenants[random.Next(Tenants.Length)].Tenant,
                CostCenter = $"cc{random.Next(9)}",
                OccurredAt = start.AddMilliseconds(random.NextInt64(32L * 86_400_000)),
                EventVersion = 2,
            };
            if (random.Next(10) == 0)
                yield return actual with { EventVersion = 1, Tokens = new TokenUsage { InputUncached = 9 } };
            yield return actual;
            if (random.Next(50) == 0)
                yield return actual with { EventVersion = 3, Tokens = new TokenUsage { OutputText = 5 } };
        }
    }
}
