using LlmPlatform.Metering.Recovery;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;

namespace LlmPlatform.Metering.Tests.Recovery;

public sealed class ExpiredHoldSweepTests
{
    private static readonly (string, string) ShortLease = ("Quota:Holds:Lease", "00:00:00.300");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hold_that_nobody_renews_is_freed()
    {
        var budget = Given.Budget();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget), null, ShortLease);
        var sweep = replica.Get<ExpiredHoldSweep>();
        await replica.HoldAsync(400_000_000);
        Assert.Equal(400_000_000, (await LevelAsync(replica)).Held);

        await Eventually.UntilAsync(
            async () => await sweep.TurnAsync(Token) == 1, MeteringReplica.Deadline, "the hold is freed", Token);

        var level = await LevelAsync(replica);
        Assert.Equal((0L, 0L), (level.Held, level.Spent));
    }

    [Fact]
    public async Task Nothing_expires_within_a_lease_of_the_start()
    {
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(
            stores, Given.File(Given.Budget()), clock, ShortLease);
        var sweep = replica.Get<ExpiredHoldSweep>();
        await replica.HoldAsync(400_000_000);
        await Task.Delay(TimeSpan.FromMilliseconds(400), Token);

        // The lease is over by Redis' clock; Redis may have been away until just now.
        Assert.Equal(0, await sweep.TurnAsync(Token));
        clock.Advance(TimeSpan.FromMilliseconds(299));
        Assert.Equal(0, await sweep.TurnAsync(Token));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await sweep.TurnAsync(Token));
    }

    [Fact]
    public async Task Replicas_that_sweep_at_once_free_each_hold_once()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var first = await MeteringReplica.CreateAsync(
            stores, Given.File(Given.Budget(limitUsd: 100)), null, ShortLease);
        await using var second = await MeteringReplica.CreateAsync(
            stores, Given.File(Given.Budget(limitUsd: 100)), null, ShortLease);
        for (var i = 0; i < 30; i++)
            await first.HoldAsync(Given.Usd);

        var freed = 0;
        await Eventually.UntilAsync(
            async () =>
            {
                var turns = await Task.WhenAll(
                    first.Get<ExpiredHoldSweep>().TurnAsync(Token), second.Get<ExpiredHoldSweep>().TurnAsync(Token));
                return (freed += turns.Sum()) >= 30;
            },
            MeteringReplica.Deadline, "all holds are freed", Token);

        Assert.Equal(30, freed);
        Assert.Equal(0, (await LevelAsync(first)).Held);
    }

    private static async Task<BudgetLevel> LevelAsync(MeteringReplica replica)
    {
        var held = MeteringReplica.Held(Given.Budget());
        return await replica.Holds.ReadAsync(held.BudgetId, held.PeriodId, Token);
    }
}
