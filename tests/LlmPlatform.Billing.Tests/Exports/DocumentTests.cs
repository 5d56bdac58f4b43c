using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using LlmPlatform.Billing.Tests.Bills;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Billing.Tests.Exports;

public sealed class DocumentTests(DocumentTests.Issued issued) : IClassFixture<DocumentTests.Issued>
{
    private static readonly string[] Since14 =
    [
        "AllocatedMethodDetails", "AllocatedMethodId", "AllocatedResourceId", "AllocatedResourceName", "AllocatedTags",
        "CommitmentProgramEligibilityDetails", "ContractApplied", "HostProviderName", "InvoiceDetailId",
        "ServiceProviderName",
    ];

    [Theory]
    [InlineData("1.4", "chargeback", 65)]
    [InlineData("1.2", "chargeback", 57)]
    [InlineData("1.4", "provider", 65)]
    public async Task A_FOCUS_file_has_the_columns_types_and_values_of_its_version(
        string version, string perspective, int columns)
    {
        foreach (var period in new[] { "2026-11", "2026-12" })
        {
            var records = await ReadAsync(
                $"/exports/focus?period={period}&version={version}&perspective={perspective}");
            var header = records[0];
            Assert.Equal(columns, header.Count(column => !column.StartsWith("x_", StringComparison.Ordinal)));
            var rules = Rules(version);
            Assert.Equal(
                rules.Keys.Order(StringComparer.Ordinal),
                header.Where(column => !column.StartsWith("x_", StringComparison.Ordinal)));
            Assert.True(records.Count > 5);
            foreach (var record in records.Skip(1))
            {
                Assert.All(header.Zip(record), field => AssertFollows(rules, field.First, field.Second));
                AssertMakesSense(header.Zip(record).ToDictionary(field => field.First, field => field.Second));
            }
        }
    }

    [Fact]
    public async Task Every_paper_of_a_bill_says_the_same_amount()
    {
        foreach (var id in issued.Ids)
        {
            var bill = await issued.Billing.GetAsync($"/admin/v1/bills/{id}");
            var (payable, number) = (bill.GetProperty("payable").GetDecimal(), bill.GetProperty("number").GetString());

            var focus = await ReadAsync($"/bills/{id}/focus.csv");
            Assert.All(focus.Skip(1), record => Assert.Equal(number, Field(focus[0], record, "InvoiceId")));
            Assert.Equal(payable, Sum(focus, "BilledCost"));
            var detail = await ReadAsync($"/bills/{id}/focus.csv?dataset=invoice_detail");
            Assert.Equal(22, detail[0].Length);
            Assert.Equal(payable, Sum(detail, "BilledCost"));
            var byDetail = focus.Skip(1).GroupBy(record => Field(focus[0], record, "InvoiceDetailId"))
                .ToDictionary(same => same.Key, same => same.Sum(record => Amount(focus[0], record, "BilledCost")));
            Assert.Equal(byDetail, detail.Skip(1).ToDictionary(
                record => Field(detail[0], record, "InvoiceDetailId"),
                record => Amount(detail[0], record, "BilledCost")));

            var csv = await ReadAsync($"/bills/{id}.csv");
            Assert.Equal(payable, Amount(csv[0], csv[^1], "payable"));
            Assert.Equal(Amount(csv[0], csv[^1], "amount"), csv.Skip(1).SkipLast(1).Sum(
                record => Amount(csv[0], record, "amount")));

            var journal = await ReadAsync($"/bills/{id}/journal.csv");
            Assert.Equal(Sum(journal, "debit"), Sum(journal, "credit"));
            Assert.Equal(payable, Amount(journal[0], journal[^1], "credit"));
        }
    }

    [Fact]
    public async Task Every_paper_is_the_same_bytes_whenever_it_is_made()
    {
        foreach (var path in new[] { ".csv", ".pdf", "/journal.csv", "/focus.csv", "/focus.csv?version=1.2" })
        {
            var first = await BytesAsync($"/bills/{issued.Ids[0]}{path}");
            issued.Clock.Advance(TimeSpan.FromDays(40));
            Assert.Equal(first, await BytesAsync($"/bills/{issued.Ids[0]}{path}"));
        }
    }

    [Fact]
    public async Task A_bill_is_a_PDF_of_a_few_pages()
    {
        var file = await BytesAsync($"/bills/{issued.Ids[0]}.pdf");
        var text = Encoding.Latin1.GetString(file);
        Assert.StartsWith("%PDF-", text, StringComparison.Ordinal);
        Assert.InRange(text.Split("/Type/Page").Length + text.Split("/Type /Page").Length - 2, 2, 11);
        Assert.InRange(file.Length, 5_000, 2_000_000);
    }

    private static void AssertFollows(Dictionary<string, string[]> rules, string column, string value)
    {
        if (!rules.TryGetValue(column, out var rule))
        {
            return;
        }

        if (value.Length == 0)
        {
            Assert.True(rule[2] == "null", $"{column} is null.");
            return;
        }

        Assert.True(rule[3].Length == 0 || rule[3].Split(',').Contains(value), $"{column} is '{value}'.");
        Assert.True(
            rule[1] switch
            {
                "decimal" => decimal.TryParse(
                    value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out _) && !value.StartsWith('+'),
                "time" => DateTimeOffset.TryParseExact(
                    value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                    out _),
                "currency" => value.Length == 3 && value.All(char.IsAsciiLetterUpper),
                "json" => JsonDocument.Parse(value).RootElement.ValueKind == JsonValueKind.Object,
                _ => true,
            },
            $"{column} is '{value}', which is no {rule[1]}.");
    }

    // Rules between columns: units beside quantities, periods in order, prices that give the costs.
    private static void AssertMakesSense(Dictionary<string, string> row)
    {
        Assert.True(string.CompareOrdinal(row["ChargePeriodStart"], row["ChargePeriodEnd"]) < 0);
        Assert.Equal(row["ConsumedQuantity"].Length == 0, row["ConsumedUnit"].Length == 0);
        Assert.Equal(row["PricingQuantity"].Length == 0, row["PricingUnit"].Length == 0);
        Assert.Equal(row["ChargeCategory"] != "Usage", row["SkuMeter"].Length == 0);
        if (row["ListUnitPrice"].Length > 0)
        {
            var cost = Parse(row["ListUnitPrice"]) * Parse(row["PricingQuantity"]);
            Assert.Equal(Parse(row["ListCost"]), cost, 4);
        }

        static decimal Parse(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, string[]> Rules(string version)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("focus-1.4.txt")!;
        using var reader = new StreamReader(stream);
        var rules = reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.TrimEnd().Split('|')).ToDictionary(rule => rule[0]);
        if (version == "1.2")
        {
            foreach (var column in Since14)
                rules.Remove(column);
            rules["ProviderName"] = ["ProviderName", "string", "", ""];
            rules["PublisherName"] = ["PublisherName", "string", "", ""];
        }

        return rules;
    }

    private async Task<byte[]> BytesAsync(string path)
    {
        using var answer = await issued.Billing.RequestAsync("/admin/v1" + path);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        return body;
    }

    private async Task<IReadOnlyList<string[]>> ReadAsync(string path) =>
        CsvRecords.Read(Encoding.UTF8.GetString(await BytesAsync(path)));

    private static string Field(string[] header, string[] record, string name) =>
        record[Array.IndexOf(header, name)];

    private static decimal Amount(string[] header, string[] record, string name) =>
        Field(header, record, name) is { Length: > 0 } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static decimal Sum(IReadOnlyList<string[]> records, string name) =>
        records.Skip(1).Sum(record => Amount(records[0], record, name));

    /// <summary>Two months of two tenants: one in dollars, one in euros with all that a bill can have.</summary>
    public sealed class Issued : IAsyncLifetime
    {
        internal BillingReplica Billing { get; private set; } = null!;

        internal TestKit.ManualTimeProvider Clock { get; } = Closing.Clock();

        internal IReadOnlyList<string> Ids { get; } =
            ["bill_acme_2026-11", "bill_acme_2026-12", "bill_zeta_2026-11"];

        public async ValueTask InitializeAsync()
        {
            Billing = await BillingReplica.StartAsync(
                new FixedConfigurationSource(Usages.Configuration("Asia/Taipei")), Clock);
            await Billing.AgreeAsync("/admin/v1/terms", Terms);
            await Billing.AgreeAsync("/admin/v1/exchange-rates", new[]
            {
                new { currency = "EUR", day = "2026-11-28", per_usd = 0.91374m, source = "ECB" },
            });
            var events = Usages.Many(400, new Random(77)).Select(Placed).ToList();
            await Billing.StoreAsync([.. Usages.Envelopes(events, new Random(1))]);
            await Billing.IssueAsync();
            var late = Usages.Many(60, new Random(78)).Select((usage, index) => Placed(usage, index) with
            {
                Tenant = "acme",
                OccurredAt = Usages.Noon.AddDays(index % 2 == 0 ? 0 : 18),
            });
            await Billing.StoreAsync(Usages.Envelope(401, [.. late]));
            Clock.Advance(TimeSpan.FromDays(31));
            await Billing.IssueAsync("2026-12");
        }

        public async ValueTask DisposeAsync()
        {
            if (Billing is not null)
                await Billing.DisposeAsync();
        }

        private static UsageRecorded Placed(UsageRecorded usage, int index) => usage with
        {
            Tenant = index % 3 == 0 ? "zeta" : "acme",
            CostCenter = index % 5 == 0 ? null : index % 2 == 0 ? "4711 研發部" : "4712 Forschung & Entwicklung",
            OccurredAt = Usages.Noon.AddDays(-18).AddHours(index),
            ServiceTier = null,
            EventVersion = 2,
            UsageSource = index % 50 == 0 ? UsageSources.GatewayCounted : UsageSources.Provider,
        };

        private static object Terms => new
        {
            tenant = "acme",
            from_period = "2026-11",
            reason = "contract 17",
            terms = new
            {
                time_zone = "Europe/Berlin",
                currency = "EUR",
                series = "DE",
                issuer = new
                {
                    name = "Plattform GmbH",
                    address = new[] { "Hauptstraße 1", "10115 Berlin" },
                    tax_id = "DE1",
                },
                customer = new
                {
                    name = "頂點科技股份有限公司",
                    address = new[] { "臺北市信義區市府路1號", "台湾" },
                },
                purchase_order = "PO-2026-17",
                markup_share = 0.05m,
                discounts = new[] { new { model = "small", share = 0.1m } },
                tax_code = "VAT19",
                tax_share = 0.19m,
            },
        };
    }
}
