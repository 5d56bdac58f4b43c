using System.Text;
using LlmPlatform.Billing.Tests.Bills;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Billing.Tests.Exports;

/// <summary>
/// Two months of two tenants: one in dollars, one in euros with all that a bill can have; late usage, usage without a
/// price, and two credit notes on November, given in December before its bills are issued and in January.
/// </summary>
public sealed class IssuedMonths : IAsyncLifetime
{
    public const string Collection = "issued months";

    internal BillingReplica Billing { get; private set; } = null!;

    internal TestKit.ManualTimeProvider Clock { get; } = Closing.Clock();

    internal IReadOnlyList<string> Ids { get; } = ["bill_acme_2026-11", "bill_acme_2026-12", "bill_zeta_2026-11"];

    internal const decimal Credited = 0.25m;

    /// <summary>Of the customer, longer than half a line.</summary>
    internal const string Address = "臺北市信義區市府路1號臺北市政府大樓東區十二樓財務處應付帳款科李小姐收";

    /// <summary>Of the credit notes, longer than a line.</summary>
    internal const string Reason =
        "An outage on 20 November. 停機補償：十一月二十日上午九時至下午三時，亞太地區的推論服務因機房供電異常而中斷，"
        + "依合約第十七條按當月費用比例退還，並附事故報告編號為憑。";

    private const decimal CreditedFirst = 0.1m;

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
        await CreditAsync(CreditedFirst);
        Clock.Advance(TimeSpan.FromDays(31));
        await Billing.IssueAsync("2026-12");
        await CreditAsync(Credited - CreditedFirst);
    }

    public async ValueTask DisposeAsync()
    {
        if (Billing is not null)
            await Billing.DisposeAsync();
    }

    internal async Task<byte[]> BytesAsync(string path)
    {
        using var answer = await Billing.RequestAsync("/admin/v1" + path);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        return body;
    }

    internal async Task<IReadOnlyList<string[]>> ReadAsync(string path) =>
        CsvRecords.Read(Encoding.UTF8.GetString(await BytesAsync(path)));

    private Task CreditAsync(decimal amount) => Billing.AgreeAsync(
        $"/admin/v1/bills/{Ids[0]}/credit", new { amount, reason = Reason });

    private static UsageRecorded Placed(UsageRecorded usage, int index) => usage with
    {
        Tenant = index % 3 == 0 ? "zeta" : "acme",
        CostCenter = index % 5 == 0 ? null : index % 2 == 0 ? "4711 研發部" : "4712 Forschung & Entwicklung",
        OccurredAt = Usages.Noon.AddDays(-18).AddHours(index),
        ServiceTier = null,
        Region = index % 7 == 0 ? "eu-west-1" : null,
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
                address = new[] { Address, "台湾" },
            },
            purchase_order = "PO-2026-17",
            markup_share = 0.05m,
            discounts = new[] { new { model = "small", share = 0.1m } },
            tax_code = "VAT19",
            tax_share = 0.19m,
        },
    };

    [CollectionDefinition(Collection)]
    public sealed class Definition : ICollectionFixture<IssuedMonths>;
}
