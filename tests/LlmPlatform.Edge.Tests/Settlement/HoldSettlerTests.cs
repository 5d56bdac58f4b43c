using System.Collections.Concurrent;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class HoldSettlerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly HoldSettlerOptions Quick = new()
    {
        RetryAfter = TimeSpan.FromMilliseconds(10),
        RetryAtMost = TimeSpan.FromMilliseconds(20),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(4096)]
    public async Task Every_usage_record_is_settled_and_the_cursor_follows(int maxRecentUsage)
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(
            new SpoolOptions { MaxRecentUsage = maxRecentUsage, SegmentBytes = 1 << 16 });
        var settled = new ConcurrentBag<Guid>();
        using var settler = Start(spool, (batch, _) => Note(settled, batch));
        var requests = await RecordAsync(spool, 500);
        await Eventually.UntilAsync(() => settled.Count == 500, Deadline, "all is settled", Cancellation);
        Assert.Equal(requests.ToHashSet(), settled.ToHashSet());
        await settler.StopAsync(Cancellation);
        Assert.Equal(spool.Money.Appended, Cursor(spool).State.Position);
        Assert.Equal(501, Cursor(spool).State.NextUsageSequence);
    }

    [Fact]
    public async Task The_cursor_never_passes_a_record_that_is_not_settled()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        var stuck = await RecordAsync(spool, 1);
        var settled = new ConcurrentBag<Guid>();
        var isStuck = true;
        using var settler = Start(spool, (batch, _) => Volatile.Read(ref isStuck) && Names(batch, stuck[0])
            ? ValueTask.FromException(new TimeoutException("away"))
            : Note(settled, batch));
        await RecordAsync(spool, 100);
        await Eventually.UntilAsync(
            () => spool.Money.Durable == spool.Money.Appended, Deadline, "the lane is flushed", Cancellation);
        Assert.Equal(0, Cursor(spool).State.Position);
        Volatile.Write(ref isStuck, false);
        await Eventually.UntilAsync(
            () => Cursor(spool).State.Position == spool.Money.Appended, Deadline, "the cursor goes on", Cancellation);
        Assert.Equal(101, settled.Distinct().Count());
        await settler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_was_settled_just_before_the_store_went_away_is_settled_again()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        var settled = new ConcurrentBag<Guid>();
        var isAway = false;
        var refused = 0;
        using var settler = Start(spool, (batch, _) =>
        {
            if (!Volatile.Read(ref isAway))
                return Note(settled, batch);
            Interlocked.Increment(ref refused);
            return ValueTask.FromException(new TimeoutException("away"));
        });
        var before = await RecordAsync(spool, 50);
        await Eventually.UntilAsync(() => settled.Count == 50, Deadline, "the first are settled", Cancellation);

        Volatile.Write(ref isAway, true);
        var during = await RecordAsync(spool, 50);
        await Eventually.UntilAsync(
            () => Volatile.Read(ref refused) > 0, Deadline, "the store is seen to be away", Cancellation);
        settled.Clear();
        Volatile.Write(ref isAway, false);
        await Eventually.UntilAsync(
            () => settled.ToHashSet().SetEquals(before.Concat(during)),
            Deadline,
            "what the store may have lost is settled again",
            Cancellation);
        await settler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_the_spool_has_is_settled_once_more_when_counters_were_made_anew()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        var settled = new ConcurrentBag<Guid>();
        using var settler = Start(spool, (batch, _) => batch.Span[0].Origin is { EdgeId: var edge, Sequence: > 0 }
            && edge != Guid.Empty
                ? Note(settled, batch)
                : ValueTask.FromException(new InvalidOperationException("It does not say where it was numbered.")));
        var requests = await RecordAsync(spool, 50);
        await Eventually.UntilAsync(() => settled.Count == 50, Deadline, "all is settled", Cancellation);
        settler.RepeatAll();
        await Eventually.UntilAsync(() => settled.Count == 100, Deadline, "all is settled again", Cancellation);
        Assert.Equal(requests.ToHashSet(), settled.ToHashSet());
        await settler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_stop_while_the_store_is_away_does_not_wait_for_it()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        await RecordAsync(spool, 10);
        using var settler = Start(spool, (_, _) => ValueTask.FromException(new TimeoutException("away")));
        await settler.StopAsync(Cancellation).WaitAsync(Deadline, Cancellation);
        Assert.Equal(0, Cursor(spool).State.Position);
    }

    private static SpoolCursor Cursor(UsageSpool spool) =>
        spool.Money.Consumers.Single(consumer => consumer.Name == UsageSpool.HoldSettlerName);

    private static ValueTask Note(ConcurrentBag<Guid> settled, ReadOnlyMemory<UsageSettlement> batch)
    {
        foreach (var usage in batch.Span)
        {
            settled.Add(usage.RequestId);
        }

        return ValueTask.CompletedTask;
    }

    private static bool Names(ReadOnlyMemory<UsageSettlement> batch, Guid request)
    {
        foreach (var usage in batch.Span)
        {
            if (usage.RequestId == request)
            {
                return true;
            }
        }

        return false;
    }

    private static HoldSettler Start(UsageSpool spool, SettleHolds settle)
    {
        var settler = new HoldSettler(spool, settle, Quick, TimeProvider.System, NullLogger<HoldSettler>.Instance);
        _ = settler.StartAsync(Cancellation);
        return settler;
    }

    private static async Task<List<Guid>> RecordAsync(UsageSpool spool, int count)
    {
        var requests = Enumerable.Range(0, count).Select(_ => Recorded.NewRequest()).ToList();
        foreach (var request in requests)
        {
            await spool.RecordUsageAsync(Recorded.Usage(request) with { RecordedAt = TimeProvider.System.GetUtcNow() });
        }

        return requests;
    }
}
