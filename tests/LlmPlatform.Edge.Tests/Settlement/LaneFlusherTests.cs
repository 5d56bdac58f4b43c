using LlmPlatform.Edge.Settlement;
using LlmPlatform.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class LaneFlusherTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_appended_before_a_flush_began_shares_it()
    {
        var appended = 0L;
        var flushes = 0;
        using var mayFlush = new ManualResetEventSlim();
        using var flusher = Flusher(() => Volatile.Read(ref appended), (_, _) =>
        {
            mayFlush.Wait(Deadline, Cancellation);
            Interlocked.Increment(ref flushes);
        });
        var waiting = new List<Task>();
        for (var position = 1; position <= 100; position++)
        {
            Volatile.Write(ref appended, position);
            waiting.Add(flusher.WaitAsync(position).AsTask());
        }

        mayFlush.Set();
        await Task.WhenAll(waiting).WaitAsync(Deadline, Cancellation);
        Assert.Equal(100, flusher.Durable);
        Assert.InRange(flushes, 1, 2);
    }

    [Fact]
    public async Task After_a_failed_flush_the_bytes_are_written_again_before_the_next()
    {
        var seen = new List<bool>();
        using var flusher = Flusher(() => 10, (_, hasFailed) =>
        {
            seen.Add(hasFailed);
            if (seen.Count < 3)
            {
                throw new IOException("the device fails");
            }
        });
        await flusher.WaitAsync(10).AsTask().WaitAsync(Deadline, Cancellation);
        Assert.Equal([false, true, true], seen);
        await Eventually.UntilAsync(() => !flusher.IsFailing, Deadline, "it is trusted again", Cancellation);
    }

    [Fact]
    public async Task Nobody_waits_for_a_hung_device_beyond_patience()
    {
        using var mayFlush = new ManualResetEventSlim();
        using var flusher = Flusher(() => 10, (_, _) => mayFlush.Wait(Deadline, Cancellation));
        var waiting = flusher.WaitAsync(10).AsTask();
        Assert.False(flusher.IsFailing);
        await Eventually.UntilAsync(
            () => flusher.ReleaseOverdue(TimeSpan.FromMilliseconds(20)) > 0, Deadline, "it is overdue", Cancellation);
        await waiting.WaitAsync(Deadline, Cancellation);
        Assert.True(flusher.IsFailing);
        Assert.Equal(0, flusher.Durable);

        mayFlush.Set();
        await Eventually.UntilAsync(() => !flusher.IsFailing, Deadline, "it is trusted again", Cancellation);
        Assert.Equal(10, flusher.Durable);
    }

    private static LaneFlusher Flusher(Func<long> appended, Action<long, bool> flush) =>
        new(0, appended, flush, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
}
