using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Tests.Bills;
using LlmPlatform.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Rerating;

public sealed class RerateTests
{
    [Fact]
    public async Task Rated_by_new_prices_and_back_again_it_nets_to_nothing_and_issued_bills_stay()
    {
        var clock = Closing.Clock();
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file, clock);
        var events = Usages.Many(80, new Random(51))
            .Select((usage, index) => usage with { OccurredAt = Usages.Noon.AddMinutes(13 * index), EventVersion = 2 })
            .ToList();
        await billing.StoreAsync([.. Usages.Envelopes(events, new Random(51))]);
        await billing.IssueAsync();
        var issued = (await billing.GetAsync("/admin/v1/bills/bill_acme_2026-11")).GetRawText();
        var before = await BalanceAsync(billing);

        await file.ChangeAsync(Usages.Configuration(input: 3m));
        var proposal = await RerateAsync(billing);
        var changed = events.Count(usage => usage.Model == "small");
        Assert.Equal(changed, proposal.GetProperty("effect").EnumerateArray()
            .Sum(change => change.GetProperty("events").GetInt64()));
        var more = proposal.GetProperty("effect").EnumerateArray()
            .Sum(change => change.GetProperty("change_usd").GetDecimal());
        Assert.True(more > 0);
        Assert.Equal(before + more, await BalanceAsync(billing));
        Assert.Empty((await RerateAsync(billing)).GetProperty("effect").EnumerateArray());

        // What it costs more than was billed is a correction on the next bill.
        var next = await billing.GetAsync("/admin/v1/bills?period=2026-12");
        Assert.Equal(more, next.GetProperty("items").EnumerateArray().Sum(
            bill => bill.GetProperty("total_usd").GetDecimal()));

        await file.ChangeAsync(Usages.Configuration());
        await RerateAsync(billing);
        Assert.Equal(before, await BalanceAsync(billing));
        Assert.Empty((await billing.GetAsync("/admin/v1/bills?period=2026-12")).GetProperty("items").EnumerateArray());
        Assert.Equal(issued, (await billing.GetAsync("/admin/v1/bills/bill_acme_2026-11")).GetRawText());
    }

    [Theory]
    [InlineData("prices", 3.3)]
    [InlineData("without_cache", 5)]
    [InlineData("large@sim/large-v1", 30.002)]
    public async Task A_month_can_be_asked_what_it_would_have_cost(string question, double expected)
    {
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file, Closing.Clock());
        var tokens = new TokenUsage { InputUncached = 200_000, CacheRead = 1_800_000 };
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(tokens: tokens), Usages.Event(model: "free")));
        if (question == "prices")
            await file.ChangeAsync(Usages.Configuration(input: 5.25m));

        var answer = await billing.GetAsync($"/admin/v1/what-if?tenant=acme&period=2026-11&case={question}");

        Assert.Equal(2.75m, answer.GetProperty("actual_usd").GetDecimal());
        Assert.Equal((decimal)expected, answer.GetProperty("what_if_usd").GetDecimal());
        Assert.Equal(1, answer.GetProperty("events_left_out").GetInt64());
    }

    private static async Task<System.Text.Json.JsonElement> RerateAsync(BillingReplica billing)
    {
        var request = new { from = Usages.Noon.AddHours(-1), to = Usages.Noon.AddHours(19), reason = "their mistake" };
        var proposal = await billing.SendAsync("/admin/v1/rerates", request, "ann");
        await billing.SendAsync($"/admin/v1/proposals/{proposal.GetProperty("id").GetString()}/approve", null, "bo");
        return proposal;
    }

    private static async Task<decimal> BalanceAsync(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>()
            .BalancesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, balances.Sum(balance => balance.Amount));
        return -balances.Where(balance => balance.Account.Kind == LedgerAccount.AccruedKind)
            .Sum(balance => balance.Amount);
    }
}
