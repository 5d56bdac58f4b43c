using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;

namespace LlmPlatform.Metering.Tests.Counters;

public sealed class RequestCompletedConsumerTests
{
    private static readonly (string, string) QuickSweep = ("Metering:Budgets:SweepInterval", "00:00:00.500");

    private static readonly BudgetConfiguration Budget = Given.Budget();

    private readonly string _budgetId = Given.IdOf(Budget);
    private readonly string _periodId = MeteringReplica.CurrentPeriod(Budget).Id;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_refusal_exhausts_the_budget_and_the_rest_say_nothing_new()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, 970_000_000, now, MeteringReplica.Held(Budget)), Token);

        RequestCompletedBatch[] batches =
        [
            .. Enumerable.Range(1, 20).Select(number => Given.Batch(
                number, Given.Refused(number, _budgetId, _periodId, TimeProvider.System.GetUtcNow(), heldOnly: false))),
        ];
        await replica.PublishAsync(batches[0]);
        await UntilHandledAsync(replica, 1);
        foreach (var batch in batches.Skip(1).Concat(batches.Reverse()))
            await replica.PublishAsync(batch);

        await UntilHandledAsync(replica, 40);
        await replica.UntilStateAsync(_budgetId, _periodId, "Exhausted");
        await replica.UntilQuietAsync();
        Assert.Equal([8_000, 9_000, 10_000], replica.Crossings.Of(_budgetId));
        Assert.InRange(replica.Handled.Of(typeof(BudgetUsageAdvanced)), 1, 20);

        // The counter shows 97 %; the sweep must not take the refusal back.
        await replica.SweepAsync();
        await replica.UntilQuietAsync();
        Assert.Equal("Exhausted", (await replica.StateAsync(_budgetId, _periodId))!.CurrentState);
    }

    [Fact]
    public async Task A_refusal_for_open_holds_alone_is_none_of_the_budget()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);

        await replica.PublishAsync(Given.Batch(
            1, Given.Refused(1, _budgetId, _periodId, TimeProvider.System.GetUtcNow(), heldOnly: true)));

        await UntilHandledAsync(replica, 1);
        await replica.UntilQuietAsync();
        Assert.Empty(replica.Crossings.Of(_budgetId));
        Assert.Equal("Open", (await replica.StateAsync(_budgetId, _periodId))!.CurrentState);
    }

    [Fact]
    public async Task A_refusal_by_an_earlier_limit_says_nothing_of_the_present_one()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);
        var refusedAt = TimeProvider.System.GetUtcNow();
        await replica.ApplyAsync(Given.File(Given.Budget(limitUsd: 50)));

        await replica.PublishAsync(Given.Batch(1, Given.Refused(1, _budgetId, _periodId, refusedAt, heldOnly: false)));

        await UntilHandledAsync(replica, 1);
        await replica.UntilQuietAsync();
        Assert.Empty(replica.Crossings.Of(_budgetId));
    }

    [Fact]
    public async Task A_refusal_by_an_edge_that_has_not_heard_of_the_new_limit_is_none_of_it()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Budget), QuickSweep);
        await replica.HoldAsync(1);
        await replica.ApplyAsync(Given.File(Given.Budget(limitUsd: 50)));

        await replica.PublishAsync(Given.Batch(
            1, Given.Refused(1, _budgetId, _periodId, TimeProvider.System.GetUtcNow(), heldOnly: false)));

        await UntilHandledAsync(replica, 1);
        await replica.UntilQuietAsync();
        Assert.Empty(replica.Crossings.Of(_budgetId));
    }

    private static Task<int> UntilHandledAsync(MeteringReplica replica, int batches) => Eventually.UntilAsync(
        () => Task.FromResult(replica.Handled.Of(typeof(RequestCompletedBatch))),
        handled => handled == batches, MeteringReplica.Deadline, $"{batches} batches are handled", Token);
}
