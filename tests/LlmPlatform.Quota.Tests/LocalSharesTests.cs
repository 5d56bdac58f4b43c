namespace LlmPlatform.Quota.Tests;

/// <summary>What an edge admits by itself while Redis is away.</summary>
public sealed class LocalSharesTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public void Open_calls_take_a_place_until_they_end_and_bursts_refill()
    {
        var shares = new LocalShares(_clock);
        var parallel = Given.Index(NewLimit() with { MaxParallel = 4 });
        var first = Take(shares, parallel, processes: 2);
        var second = Take(shares, parallel, processes: 2);

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(Take(shares, parallel, processes: 2));
        first.Dispose();
        first.Dispose();
        Assert.NotNull(Take(shares, parallel, processes: 2));
        Assert.Null(Take(shares, parallel, processes: 2));

        var bursting = Given.Index(NewLimit() with { RequestsPerMinute = 60, Burst = 3 });
        for (var call = 0; call < 3; call++)
            Assert.NotNull(Take(shares, bursting));
        Assert.Null(Take(shares, bursting));
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.NotNull(Take(shares, bursting));
        Assert.Null(Take(shares, bursting));
    }

    [Fact]
    public void A_budget_nobody_saw_admits_nothing_and_one_share_is_taken_whole_or_not()
    {
        var shares = new LocalShares(_clock);
        var limited = NewLimit() with { MaxParallel = 1 };
        var index = new LimitsIndex(new LimitsSnapshot
        {
            Version = 1,
            Budgets = [Given.Budget(1_000)],
            RateLimits = [limited],
        });

        Assert.Null(Take(shares, index));
        Assert.NotNull(Take(shares, Given.Index(limited)));
    }

    private static IDisposable? Take(LocalShares shares, LimitsIndex index, int processes = 1)
    {
        using var limits = index.Matching(Given.Caller);
        return shares.TryTake(limits, 1, 1, share: 1, processes);
    }

    private static RateLimitDefinition NewLimit() => new() { Id = Given.NewId().ToString("N"), Scope = "global" };

    private sealed class StoppedClock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
