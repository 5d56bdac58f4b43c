using System.Net;
using System.Text.Json;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Billing.Tests.Bills;

public sealed class BillLifeTests
{
    [Fact]
    public async Task A_bill_goes_from_open_to_issued_through_two_persons()
    {
        var clock = Closing.Clock(Usages.Noon);
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), clock);
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(), Usages.Event(model: "large")));
        Assert.Equal("open", await StateAsync());
        Assert.Equal("period_open", await RefusedAsync("close", "ann"));

        clock.Advance(new DateTimeOffset(2026, 12, 2, 0, 0, 0, TimeSpan.Zero) - Usages.Noon);
        Assert.Equal("collecting", await StateAsync());
        Assert.Equal("draft", Only(await billing.CloseAsync()).GetProperty("state").GetString());
        var draft = await billing.GetAsync("/admin/v1/bills/bill_acme_2026-11");
        Assert.Equal(["grace"], FailedGates(draft));

        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal("review", Only(await billing.CloseAsync()).GetProperty("state").GetString());
        Assert.Equal("self_approval", await RefusedAsync("approve", "ann"));
        using var early = await billing.PostAsync("/admin/v1/bills/bill_acme_2026-11/issue", person: "bo");
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);

        await billing.SendAsync("/admin/v1/bills/bill_acme_2026-11/approve", person: "bo");
        var issued = await billing.SendAsync("/admin/v1/bills/bill_acme_2026-11/issue", person: "bo");
        Assert.Equal(
            ("issued", "INV-000001", "master:ann", "master:bo"),
            (Text(issued, "state"), Text(issued, "number"), Text(issued, "prepared_by"), Text(issued, "approved_by")));
        Assert.Equal("bill_closed", await RefusedAsync("close", "ann"));

        Task<string> StateAsync() => StateOfAsync(billing, "bill_acme_2026-11");

        async Task<string> RefusedAsync(string step, string person) => Only(
            await billing.SendAsync($"/admin/v1/bills/{step}", new { period = "2026-11" }, person), "refused")
            .GetProperty("code").GetString()!;
    }

    [Fact]
    public async Task An_issued_bill_never_changes_also_by_direct_SQL_and_its_chain_holds()
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), Closing.Clock());
        await billing.StoreAsync(Usages.Envelope(
            1, Usages.Event(), Usages.Event(tenant: "zeta"), Usages.Event(tenant: "公司")));
        var issued = await billing.IssueAsync();
        Assert.Equal(["INV-000001", "INV-000002", "INV-000003"], issued.Select(bill => Text(bill, "number")));
        var before = await RowsAsync(billing);

        foreach (var statement in new[]
        {
            "UPDATE billing.bill SET document = 'x'",
            "UPDATE billing.bill SET number = number || 'x'",
            "UPDATE billing.bill SET state = 'draft'",
            "UPDATE billing.bill SET state = 'voided', approved_by = 'x'",
            "DELETE FROM billing.bill",
            "TRUNCATE billing.bill CASCADE",
            "UPDATE billing.document_series SET last_number = 1",
            "DELETE FROM billing.document_series",
        })
        {
            await using var scope = billing.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>().Database;
            await Assert.ThrowsAsync<PostgresException>(
                () => database.ExecuteSqlRawAsync(statement, TestContext.Current.CancellationToken));
        }

        // Whatever comes and however it is priced now, it stays as it was.
        await billing.StoreAsync(Usages.Envelope(4, Usages.Event(), Usages.Event(tenant: "zeta")));
        var rows = await RowsAsync(billing);
        Assert.Equal(before.Select(row => row.Document), rows.Select(row => row.Document));
        string? previous = null;
        foreach (var row in rows.OrderBy(row => row.Number, StringComparer.Ordinal))
        {
            Assert.Equal(BillDocument.HashOf(row.Document), row.ContentHash);
            Assert.Equal(previous, row.PreviousHash);
            Assert.Equal(previous, BillDocument.Read(row.Document).PreviousHash);
            previous = row.ContentHash;
        }
    }

    [Fact]
    public async Task What_comes_late_or_is_corrected_is_on_the_next_bill_under_its_own_month()
    {
        var clock = Closing.Clock();
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), clock);
        var known = Usages.Event();
        var wrong = Usages.Event(model: "large") with { CostCenter = "4712" };
        await billing.StoreAsync(Usages.Envelope(1, known, wrong));
        await billing.IssueAsync();

        var late = Usages.Event() with { Team = "ads" };
        var right = wrong with { EventVersion = 3, Tokens = new TokenUsage { InputUncached = 10 } };
        var december = Usages.Event(at: Usages.Noon.AddDays(20));
        await billing.StoreAsync(Usages.Envelope(3, late, right, december));
        clock.Advance(TimeSpan.FromDays(31));
        var bill = await billing.GetAsync($"/admin/v1/bills/{Text((await billing.IssueAsync("2026-12"))[0], "id")}");

        var lines = bill.GetProperty("lines").EnumerateArray().ToList();
        var ofNovember = lines.Where(line => line.GetProperty("is_correction").GetBoolean()).ToList();
        Assert.All(ofNovember, line => Assert.Equal("2026-11", Text(line, "service_period")));
        Assert.Equal(
            Oracle.CostOf(late) + Oracle.CostOf(right) - Oracle.CostOf(wrong),
            ofNovember.Sum(line => line.GetProperty("amount_usd").GetDecimal()));
        Assert.Equal(
            Oracle.CostOf(december),
            lines.Except(ofNovember).Sum(line => line.GetProperty("amount_usd").GetDecimal()));

        // Over both months all of it is billed, once, and nothing is left on the accounts of usage.
        await using var scope = billing.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>()
            .BalancesAsync(TestContext.Current.CancellationToken);
        Assert.All(
            balances.Where(balance => balance.Account.Kind == LedgerAccount.UsageKind),
            balance => Assert.Equal(0, balance.Amount));
        Assert.Equal(0, balances.Sum(balance => balance.Amount));
    }

    [Fact]
    public async Task Each_thing_that_is_wrong_with_a_month_stands_in_its_way_and_can_be_answered_for()
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), Closing.Clock());
        await billing.StoreAsync(Usages.Envelope(
            5,
            Usages.Event(),
            Usages.Event(model: "free"),
            Usages.Event(version: 1),
            Usages.Event(tokens: new TokenUsage { InputUncached = -1 }),
            Usages.Event(at: Usages.Noon.AddDays(-40))));

        var draft = Only(await billing.CloseAsync());
        var bill = await billing.GetAsync($"/admin/v1/bills/{Text(draft, "id")}");
        Assert.Equal("draft", Text(bill, "state"));
        Assert.Equal(
            ["completeness", "earlier_months", "estimates", "quarantine", "unpriced"],
            FailedGates(bill).Order());
        using var refused = await billing.PostAsync($"/admin/v1/bills/{Text(draft, "id")}/approve", person: "bo");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        Assert.Equal("review", Text(await billing.WaiveAllAsync(Text(draft, "id")), "state"));
        Assert.Equal("review", Text(Only(await billing.CloseAsync()), "state"));
    }

    [Fact]
    public async Task Terms_say_zone_currency_discount_markup_and_tax_and_cost_centres_add_up()
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), Closing.Clock());
        await billing.AgreeAsync("/admin/v1/terms", Terms());
        await billing.AgreeAsync("/admin/v1/exchange-rates", new[]
        {
            new { currency = "EUR", day = "2026-11-29", per_usd = 0.9137m, source = "ECB" },
            new { currency = "EUR", day = "2026-12-01", per_usd = 2m, source = "ECB" },
        });
        var events = Usages.Many(200, new Random(31))
            .Select((usage, index) => usage with
            {
                Tenant = "acme",
                CostCenter = $"cc{index % 7}",
                Model = index % 2 == 0 ? "small" : "large",
                Sku = index % 2 == 0 ? "small@sim/small-v1" : "large@sim/large-v1",
                OccurredAt = Usages.Noon.AddMinutes(index),
            })
            .ToList();
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(31))]);

        var bill = await billing.GetAsync($"/admin/v1/bills/{Text((await billing.IssueAsync())[0], "id")}");

        var usd = Oracle.TotalOf(events.Where(usage => usage.Model == "small")) * 0.9m * 1.05m
            + (Oracle.TotalOf(events.Where(usage => usage.Model == "large")) * 1.05m);
        Assert.Equal(usd, Number(bill, "total_usd"), 9);
        Assert.Equal(decimal.Round(usd * 0.9137m * 1.19m, 2), Number(bill, "payable"));
        Assert.Equal(Number(bill, "payable"), Number(bill, "net") + Number(bill, "tax"));
        Assert.Equal(
            Number(bill, "net"),
            bill.GetProperty("cost_centers").EnumerateArray().Sum(center => Number(center, "amount")));
        Assert.Equal(7, bill.GetProperty("cost_centers").GetArrayLength());
        Assert.Equal(("EUR", "DE-000001"), (Text(bill, "currency"), Text(bill, "number")));
        Assert.Equal(new DateTimeOffset(2026, 10, 31, 23, 0, 0, TimeSpan.Zero),
            bill.GetProperty("period_start").GetDateTimeOffset());
        await AssertBalancedAsync(billing);
    }

    [Fact]
    public async Task Credit_notes_give_back_no_more_than_was_billed_and_a_void_makes_room_for_another_bill()
    {
        var clock = Closing.Clock();
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), clock);
        var dear = new TokenUsage { InputUncached = 4_000_000 };
        await billing.StoreAsync(Usages.Envelope(
            1, Usages.Event(tokens: dear), Usages.Event(tenant: "zeta", tokens: dear)));
        await billing.IssueAsync();
        var credit = new { amount = 4.5m, reason = "an outage" };
        await billing.AgreeAsync("/admin/v1/bills/bill_acme_2026-11/credit", credit);
        var second = await billing.SendAsync(
            "/admin/v1/bills/bill_acme_2026-11/credit", credit with { amount = 6m }, "ann");
        using var tooMuch = await billing.PostAsync(
            $"/admin/v1/proposals/{Text(second, "id")}/approve", person: "bo");
        Assert.Equal(HttpStatusCode.Conflict, tooMuch.StatusCode);
        Assert.Equal("issued", await StateOfAsync(billing, "bill_acme_2026-11"));
        await billing.AgreeAsync("/admin/v1/bills/bill_acme_2026-11/credit", credit with { amount = 5.5m });
        Assert.Equal("credited", await StateOfAsync(billing, "bill_acme_2026-11"));
        const string notes = "/admin/v1/bills/bill_acme_2026-11/credit-notes";
        var credited = (await billing.GetAsync(notes)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([4.5m, 5.5m], credited.Select(note => note.GetProperty("amount").GetDecimal()));
        var paper = $"{notes}/{credited[1].GetProperty("number").GetString()}.pdf";
        using var pdf = await billing.RequestAsync(paper);
        var bytes = await pdf.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("%PDF-1."u8, bytes.AsSpan(0, 7));
        using var repeated = await billing.RequestAsync(paper);
        Assert.Equal(bytes, await repeated.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        clock.Advance(TimeSpan.FromHours(1));
        await billing.AgreeAsync("/admin/v1/bills/bill_zeta_2026-11/void", new { reason = "wrong customer" });
        using var focus = await billing.RequestAsync(
            "/admin/v1/bills/bill_zeta_2026-11/focus.csv?dataset=invoice_detail");
        var details = CsvRecords.Read(await focus.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            ("Voided", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null)),
            (details[1][Array.IndexOf(details[0], "InvoiceIssueStatus")],
                details[1][Array.IndexOf(details[0], "InvoiceDetailLastUpdated")]));
        Assert.Equal("voided", await StateOfAsync(billing, "bill_zeta_2026-11"));
        await AssertBalancedAsync(billing);
        var again = Assert.Single(await billing.IssueAsync());
        Assert.Equal(("bill_zeta_2026-11.2", "INV-000003"), (Text(again, "id"), Text(again, "number")));
        await AssertBalancedAsync(billing);
    }

    private static object Terms() => new
    {
        tenant = "acme",
        from_period = "2026-11",
        reason = "contract 17",
        terms = new
        {
            time_zone = "Europe/Berlin",
            currency = "EUR",
            series = "DE",
            issuer = new { name = "Plattform GmbH", address = new[] { "Hauptstr. 1", "10115 Berlin" } },
            customer = new { name = "Acme 公司" },
            markup_share = 0.05m,
            discounts = new[] { new { model = "small", share = 0.1m } },
            tax_code = "VAT19",
            tax_share = 0.19m,
        },
    };

    private static async Task AssertBalancedAsync(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>()
            .BalancesAsync(TestContext.Current.CancellationToken);
        Assert.All(
            balances.GroupBy(balance => balance.Currency),
            currency => Assert.Equal(0, currency.Sum(balance => balance.Amount)));
    }

    private static async Task<List<BillRow>> RowsAsync(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BillingDbContext>().Bills.AsNoTracking()
            .OrderBy(row => row.Id).ToListAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> StateOfAsync(BillingReplica billing, string id) =>
        Text(await billing.GetAsync($"/admin/v1/bills/{id}"), "state");

    private static List<string> FailedGates(JsonElement bill) =>
    [
        .. bill.GetProperty("gates").EnumerateArray().Where(gate => !gate.GetProperty("passed").GetBoolean())
            .Select(gate => Text(gate, "name")),
    ];

    private static JsonElement Only(JsonElement answer, string list = "items") =>
        Assert.Single(answer.GetProperty(list).EnumerateArray());

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static decimal Number(JsonElement item, string name) => item.GetProperty(name).GetDecimal();
}
