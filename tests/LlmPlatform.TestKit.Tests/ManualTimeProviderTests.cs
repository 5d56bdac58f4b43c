namespace LlmPlatform.TestKit.Tests;

public sealed class ManualTimeProviderTests
{
    [Fact]
    public void Timers_fire_in_order_each_at_its_own_due_time()
    {
        var clock = new ManualTimeProvider();
        var began = clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        using var every = Timer("every", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using var once = Timer("once", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);

        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("every", At(2)), ("once", At(3)), ("every", At(4))], fired);
        Assert.Equal(began.AddSeconds(5), clock.GetUtcNow());
        Assert.Equal(1, clock.WaitingTimers);

        ITimer Timer(string name, TimeSpan due, TimeSpan period) =>
            clock.CreateTimer(_ => fired.Add((name, clock.GetUtcNow() - began)), null, due, period);
        static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
    }

    [Fact]
    public async Task A_delay_ends_when_the_clock_passes_it_and_not_before()
    {
        var clock = new ManualTimeProvider();
        var delay = Task.Delay(TimeSpan.FromMinutes(10), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
    }

    [Fact]
    public void A_disposed_timer_never_fires()
    {
        var clock = new ManualTimeProvider();
        clock.CreateTimer(_ => Assert.Fail("fired"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)).Dispose();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, clock.WaitingTimers);
    }
}
