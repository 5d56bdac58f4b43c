using System.Globalization;
using System.Net;
using System.Text.Json;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Reconciliation;
using LlmPlatform.Billing.Tests.Bills;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Reconciliation;

/// <summary>A provider's own figures against ours, with everything in them that can be otherwise.</summary>
public sealed class ReconciliationTests
{
    private const string Gateway = "key_gateway";
    private const string Other = "key_other";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai", ClickHouseEngine.Oldest)]
    [InlineData("anthropic", ClickHouseEngine.Current)]
    public async Task Each_drift_is_named_and_the_ledger_comes_to_the_invoice_to_the_last_decimal(
        string kind, ClickHouseEngine engine)
    {
        await using var account = await FakeAccount.StartAsync();
        await using var billing = await StartAsync(account, kind, engine: engine);
        await MakeDriftAsync(billing, account);
        Assert.False(await PassesAsync(billing), "a month is not billed before it is compared");

        var order = new { provider = "sim", period = "2026-11" };
        var report = await billing.SendAsync("/admin/v1/reconciliations", order);
        Assert.Equal(
            [
                "03 bypass", "04 missing", "05 estimate_error", "06 wrong_price", "07 wrong_tier", "08 provider_only",
                "09 cut_off", "10 cut_off", "11 rounding", "12 credit", "13 bypass", "14 not_charged", "15 missing",
            ],
            Variances(report).Select(variance => $"{variance.Day:dd} {variance.Kind}").Order(StringComparer.Ordinal));
        var (theirs, ours) = (Amount(report, "theirs_usd"), Amount(report, "ours_usd"));
        Assert.Equal(account.Costs.Sum(cost => cost.AmountUsd), theirs);
        Assert.Equal(theirs - ours, Variances(report).Sum(variance => variance.AmountUsd));

        // The same again is no other version.
        var again = await billing.SendAsync("/admin/v1/reconciliations", order);
        Assert.Equal(report.GetProperty("id").GetString(), again.GetProperty("id").GetString());

        var id = report.GetProperty("id").GetString();
        await billing.AgreeAsync($"/admin/v1/reconciliations/{id}/sign-off", new { reason = "looked at" });
        Assert.Equal(-theirs, await OwedAsync(billing));
        Assert.True(await PassesAsync(billing));

        // The provider restates: what it says now is compared anew, and only what changed is posted.
        account.Costs.Add(new ChargedCost(new DateOnly(2026, 11, 20), null, "Storage", 7.5m));
        var restated = await billing.SendAsync("/admin/v1/reconciliations", order);
        Assert.Equal(2, restated.GetProperty("version").GetInt32());
        Assert.False(await PassesAsync(billing));
        id = restated.GetProperty("id").GetString();
        await billing.AgreeAsync($"/admin/v1/reconciliations/{id}/sign-off", new { reason = "restated" });
        Assert.Equal(-theirs - 7.5m, await OwedAsync(billing));
    }

    [Fact]
    public async Task Accounts_are_asked_again_and_again_for_the_months_that_providers_may_still_restate()
    {
        var clock = new ShiftedClock(Closing.AfterNovember - TimeProvider.System.GetUtcNow());
        await using var account = await FakeAccount.StartAsync();
        await using var billing = await StartAsync(account, "openai", clock: clock, pullInterval: "00:00:00.200");
        await CountsToAsync("2026-11", 1);
        await CountsToAsync("2026-12", 1);

        account.Costs.Add(new ChargedCost(new DateOnly(2026, 11, 20), null, "Storage", 7.5m));
        await CountsToAsync("2026-11", 2);
        Assert.Equal(1, await VersionAsync("2026-12"));

        Task CountsToAsync(string month, int version) => Eventually.UntilAsync(
            async () => await VersionAsync(month) == version, TimeSpan.FromSeconds(60), $"{month} is compared", Now);

        async Task<int> VersionAsync(string month) =>
            (await billing.GetAsync($"/admin/v1/reconciliations?period={month}")).GetProperty("items")
                .EnumerateArray().Select(item => item.GetProperty("version").GetInt32()).SingleOrDefault();
    }

    [Theory]
    [InlineData("gpt-4o", "gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("gpt-4o gpt-4o-2024-05-13", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13")]
    [InlineData("gpt-4o gpt-4o-2024-05-13", "gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("gpt-4o-2024-05-13", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06")]
    [InlineData("gpt-4o-2024-05-13", "gpt-4o", "gpt-4o-2024-05-13")]
    [InlineData("gpt-4o-2024-05-13 gpt-4o-2024-08-06", "gpt-4o", "gpt-4o")]
    [InlineData("claude-sonnet-4", "claude-sonnet-4-20250514", "claude-sonnet-4")]
    public void A_dated_name_is_the_model_that_was_called_and_two_dated_names_are_two_models(
        string called, string reported, string comparedAs) =>
        Assert.Equal(comparedAs, new ModelNames(called.Split(' ')).Of(reported));

    [Fact]
    public async Task A_file_is_compared_as_a_report_is_and_a_line_that_cannot_be_read_is_named()
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), Closing.Clock());
        var searched = new TokenUsage { InputUncached = 1000, OutputText = 200, WebSearches = 2 };
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(tokens: searched)));
        const string heading = "day,model,meter,tokens,amount_usd,description\r\n";
        var exact = await UploadAsync(
            billing,
            heading + "2026-11-20,small-v1,input,1000,0.0025,\r\n2026-11-20,small-v1,output,200,0.002,\"a, b\"\r\n"
                + "2026-11-20,,web,,0.02,\r\n");
        Assert.Equal("within_tolerance", exact.GetProperty("state").GetString());
        Assert.Empty(Variances(exact));

        var focus = await UploadAsync(
            billing,
            "ChargePeriodStart,BilledCost,BillingCurrency,SkuMeter,ConsumedUnit,ConsumedQuantity,ResourceName\n"
            + "2026-11-20T00:00:00Z,0.0025,USD,Input Tokens,Tokens,1000,small-v1\n"
            + "2026-11-20T00:00:00Z,2.002,USD,Output Tokens,Tokens,200,small-v1\n"
            + "2026-11-20T00:00:00Z,0.02,USD,Web Searches,Searches,2,\n");
        Assert.Equal(
            (VarianceKinds.WrongPrice, 2m), Variances(focus).Select(one => (one.Kind, one.AmountUsd)).Single());

        using var refused = await PostFileAsync(billing, heading + "2026-11-20,small-v1,tokens,1,1,\r\n");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Record 2", await refused.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_gives_no_report_is_said_so_and_nothing_is_kept()
    {
        await using var account = await FakeAccount.StartAsync();
        await using var billing = await StartAsync(account, "openai", adminKey: "wrong");
        using var answer = await billing.PostAsync(
            "/admin/v1/reconciliations", new { provider = "sim", period = "2026-11" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var list = await billing.GetAsync("/admin/v1/reconciliations?period=2026-11");
        Assert.Empty(list.GetProperty("items").EnumerateArray());
    }

    // One day for each thing that can be otherwise; the second is as it should be.
    private static async Task MakeDriftAsync(BillingReplica billing, FakeAccount account)
    {
        var events = new List<UsageRecorded>();
        void Ours(int day, long output = 20_000, int version = 2, long searches = 0) => events.Add(Usages.Event(
            at: At(day),
            version: version,
            tokens: new TokenUsage { InputUncached = 100_000, OutputText = output, WebSearches = searches }));
        void Theirs(
            int day, long output = 20_000, string key = Gateway, string tier = "default", decimal factor = 1,
            decimal more = 0, string model = "small-v1-2026-08-06")
        {
            account.Usage.Add(new CountedUsage(Day(day), model, key)
            {
                Input = 100_000, Output = output, ServiceTier = tier,
            });
            account.Costs.Add(new ChargedCost(Day(day), model, "input", (0.25m * factor) + more));
            account.Costs.Add(new ChargedCost(Day(day), model, "output", output * 0.00001m * factor));
        }

        foreach (var day in new[] { 2, 3, 4, 6, 7, 9, 11, 14 })
            Ours(day);
        Ours(5, output: 5, version: 1);
        Theirs(2);
        Theirs(3);
        Theirs(3, key: Other);
        Theirs(4);
        Theirs(4, output: 777);
        Theirs(5);
        Theirs(6, factor: 1.2m);
        Theirs(7, tier: "priority", factor: 2m);
        account.Costs.Add(new ChargedCost(Day(8), null, "Vector storage", 3.21m));
        Theirs(10);
        Theirs(11, more: 0.004m);
        account.Costs.Add(new ChargedCost(Day(12), null, "Credit", -1m));
        Theirs(13, model: "never-asked");
        Theirs(14, output: 10_000);

        // Five searches there and three here; sixteen of the day after on both sides.
        Ours(15, searches: 3);
        Theirs(15);
        account.Costs.Add(new ChargedCost(Day(15), null, "Web search tool calls", 0.05m));
        Ours(16, searches: 16);
        Theirs(16);
        account.Costs.Add(new ChargedCost(Day(16), null, "Web search tool calls", 0.16m));
        await billing.StoreAsync(Usages.Envelope(1, events));
    }

    private static Task<BillingReplica> StartAsync(
        FakeAccount account,
        string kind,
        string? adminKey = null,
        TimeProvider? clock = null,
        string pullInterval = "00:00:00",
        ClickHouseEngine engine = ClickHouseEngine.Oldest) =>
        BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()),
            clock ?? Closing.Clock(),
            settings: new Dictionary<string, string?>
            {
                ["Billing:Reconciliation:PullInterval"] = pullInterval,
                ["Billing:Reconciliation:Accounts:0:Provider"] = "sim",
                ["Billing:Reconciliation:Accounts:0:Kind"] = kind,
                ["Billing:Reconciliation:Accounts:0:BaseUrl"] = account.BaseUrl.ToString(),
                ["Billing:Reconciliation:Accounts:0:AdminKey"] = adminKey ?? account.AdminKey,
                ["Billing:Reconciliation:Accounts:0:GatewayKeyIds:0"] = Gateway,
            },
            engine: engine);

    private static async Task<decimal> OwedAsync(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>().BalancesAsync(Now);
        return balances.Single(balance => balance.Account == LedgerAccount.Accrued("sim")).Amount;
    }

    // Whether a month that is closed now may be billed, as far as providers are concerned.
    private static async Task<bool> PassesAsync(BillingReplica billing)
    {
        var closed = await billing.CloseAsync();
        var bill = await billing.GetAsync(
            $"/admin/v1/bills/{closed.GetProperty("items")[0].GetProperty("id").GetString()}");
        return bill.GetProperty("gates").EnumerateArray()
            .Single(gate => gate.GetProperty("name").GetString() == "reconciliation")
            .GetProperty("passed").GetBoolean();
    }

    private static async Task<JsonElement> UploadAsync(BillingReplica billing, string text)
    {
        using var answer = await PostFileAsync(billing, text);
        var body = await answer.Content.ReadAsStringAsync(Now);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    private static Task<HttpResponseMessage> PostFileAsync(BillingReplica billing, string text) =>
        billing.PostTextAsync("/admin/v1/reconciliations/upload?provider=sim&period=2026-11", text);

    private static IReadOnlyList<(DateOnly Day, string Kind, decimal AmountUsd)> Variances(JsonElement report) =>
    [
        .. report.GetProperty("variances").EnumerateArray().Select(variance => (
            DateOnly.Parse(variance.GetProperty("day").GetString()!, CultureInfo.InvariantCulture),
            variance.GetProperty("kind").GetString()!,
            variance.GetProperty("amount_usd").GetDecimal())),
    ];

    private static decimal Amount(JsonElement report, string name) => report.GetProperty(name).GetDecimal();

    private static DateOnly Day(int day) => new(2026, 11, day);

    private static DateTimeOffset At(int day) => new(2026, 11, day, 12, 0, 0, TimeSpan.Zero);

    private sealed class ShiftedClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
