using LlmPlatform.Edge.Providers;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Providers;

public sealed class DeadlineTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void It_passes_when_it_was_last_said_to_and_neither_before_nor_after()
    {
        using var deadline = new Deadline(_clock);
        deadline.Set(TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(4));
        deadline.Set(TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(deadline.Token.IsCancellationRequested);

        deadline.Set(TimeSpan.FromMinutes(1));
        deadline.Set(TimeSpan.FromSeconds(2));
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(deadline.Token.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void One_that_is_over_already_passes_at_once()
    {
        using var deadline = new Deadline(_clock);
        deadline.Set(TimeSpan.FromSeconds(-1));
        _clock.Advance(TimeSpan.Zero);

        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void Nothing_happens_after_its_end()
    {
        var deadline = new Deadline(_clock);
        var token = deadline.Token;
        deadline.Set(TimeSpan.FromSeconds(1));
        deadline.Dispose();
        deadline.Set(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(token.IsCancellationRequested);
    }
}
