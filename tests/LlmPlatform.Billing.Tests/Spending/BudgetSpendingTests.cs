using LlmPlatform.Billing.Spending;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Spending;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Spending;

public sealed class BudgetSpendingTests
{
    private const string Month = "m:2026-11";

    [Theory]
    [EveryClickHouse]
    public async Task It_says_what_each_period_has_spent_and_exactly_which_usage_that_is(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var estimated = Guid.CreateVersion7();
        var late = Charged(50, "acme", "team");
        var batch = Usages.Envelope(
            1, Charged(10, "acme"), Charged(7, "acme", "team"), Charged(30, estimated, version: 1, "acme"));
        await billing.StoreAsync(batch);
        await billing.StoreAsync(batch, Usages.Envelope(6, late), Usages.Envelope(7, Charged(1)));
        var before = await ReadAsync(billing);
        await billing.StoreAsync(Usages.Envelope(8, Charged(20, estimated, version: 2, "acme")));
        var after = await ReadAsync(billing);

        // Numbers 4 and 5 have not come.
        Assert.Equal((3, Usages.Edge), (Assert.Single(before.Through).Sequence, before.Through[0].EdgeId));
        Assert.Equal([("acme", 97L), ("team", 57L)], Sums(before));
        var tokens = Usages.Event().Tokens;
        var each = tokens.TotalInput + tokens.TotalOutput;
        Assert.Equal(
            [("acme", 4 * each), ("team", 2 * each)],
            before.Periods.Select(period => (period.BudgetId, period.SpentTokens)).Order());
        Assert.All(before.Events, counted => Assert.Equal(each, counted.Tokens));
        Assert.Equal(
            new[] { (late.EventId, 2, 50L), (batch.Events[2].EventId, 1, 30L) }.Order(),
            before.Events.Select(counted => (counted.EventId, counted.EventVersion, counted.CostNanoUsd)).Order());

        // The actual figure stands in the estimate's place, and is named because it came above.
        Assert.Equal([("acme", 87L), ("team", 57L)], Sums(after));
        Assert.Contains(after.Events, counted => counted is { EventVersion: 2, CostNanoUsd: 20 });
        Assert.DoesNotContain(after.Events, counted => counted.EventVersion == 1);
    }

    private static IEnumerable<(string, long)> Sums(BudgetSpending spending)
    {
        Assert.All(spending.Periods, period => Assert.Equal(Month, period.PeriodId));
        return spending.Periods.Select(period => (period.BudgetId, period.SpentNanoUsd)).Order();
    }

    private static UsageRecorded Charged(long costNanoUsd, params string[] budgets) =>
        Charged(costNanoUsd, Guid.CreateVersion7(), 2, budgets);

    private static UsageRecorded Charged(
        long costNanoUsd, Guid request, int version, params string[] budgets) =>
        Usages.Event(requestId: request, version: version) with
        {
            CostNanoUsd = costNanoUsd,
            Budgets =
            [
                .. budgets.Select(budget => new HeldBudget { BudgetId = budget, Revision = 4, PeriodId = Month }),
            ],
        };

    private static async Task<BudgetSpending> ReadAsync(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BudgetSpendingReader>().ReadAsync(
            Usages.Noon.AddDays(-1), Usages.Noon.AddDays(-1), TestContext.Current.CancellationToken);
    }
}
