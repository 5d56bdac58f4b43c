namespace LlmPlatform.TestKit.Tests;

public sealed class EventuallyTests
{
    [Fact]
    public async Task What_comes_true_is_returned()
    {
        var asked = 0;
        var seen = await Eventually.UntilAsync(
            () => Task.FromResult(++asked), count => count == 3, TimeSpan.FromSeconds(10), "three questions",
            TestContext.Current.CancellationToken);
        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task What_does_not_is_told_with_the_last_thing_seen()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.UntilAsync(
            () => Task.FromResult(41), seen => seen == 42, TimeSpan.FromMilliseconds(30), "the answer is 42",
            TestContext.Current.CancellationToken));
        Assert.StartsWith("the answer is 42: not so after", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Last seen: 41", failure.Message, StringComparison.Ordinal);
    }
}
