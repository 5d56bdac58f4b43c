using LlmPlatform.Edge.Settlement;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class UsageSpoolTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Os")]
    [InlineData("Fsync")]
    public async Task Appends_from_many_threads_get_contiguous_sequences(string durability)
    {
        using var directory = new SpoolDirectory();
        var options = new SpoolOptions { Durability = Enum.Parse<SpoolDurability>(durability), SegmentBytes = 1 << 17 };
        using var spool = directory.Open(options);
        await Parallel.ForAsync(0, 16, Cancellation, async (_, token) =>
        {
            for (var call = 0; call < 100; call++)
            {
                var request = Recorded.NewRequest();
                spool.RecordIntent(Recorded.Intent(request));
                await spool.RecordUsageAsync(Recorded.Usage(request));
                spool.RecordCompletion(Recorded.Completion(request), admitted: true);
            }
        });

        var usage = SpoolDirectory.UsageIn(spool);
        Assert.Equal(Enumerable.Range(1, 1600).Select(x => (long)x), usage.Select(x => x.Sequence));
        Assert.Equal(1600, usage.Select(x => x.Usage.EventId).Distinct().Count());
        var completions = SpoolDirectory.CompletionsIn(spool.Money);
        Assert.Equal(Enumerable.Range(1, 1600).Select(x => (long)x), completions.Select(x => x.Sequence));
        Assert.True(spool.Money.Segments.Count > 5);
        Assert.Equal(3200, spool.PendingEvents);
        Assert.Equal(0, spool.Money.Calls.Count);
    }

    [Fact]
    public async Task Sequences_go_on_where_the_last_process_stopped()
    {
        using var directory = new SpoolDirectory();
        var edges = new HashSet<SpoolIdentity>();
        for (var start = 0; start < 3; start++)
        {
            using var spool = directory.Open();
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
            var usage = SpoolDirectory.UsageIn(spool);
            Assert.Equal(start + 1, usage[^1].Sequence);
            edges.UnionWith(usage.Select(x => x.Edge));
        }

        Assert.Equal(1, Assert.Single(edges).Epoch);
    }

    [Fact]
    public async Task Usage_is_on_the_device_when_its_append_completes()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        spool.RecordIntent(Recorded.Intent(Recorded.NewRequest()));
        await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        Assert.Equal(spool.Money.Appended, spool.Money.Durable);
    }

    [Fact]
    public async Task A_consumer_sees_nothing_that_a_power_cut_could_take_back()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(new SpoolOptions
        {
            Durability = SpoolDurability.Os,
            LazyFlushInterval = TimeSpan.FromSeconds(10),
        });
        await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        await Eventually.UntilAsync(
            () => spool.Money.Durable == spool.Money.Appended, Deadline, "the first flush is done", Cancellation);
        await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        using var reader = new SpoolReader(spool.Money, SpoolRecordType.Usage, new SpoolCursorState(0));
        Assert.True(reader.TryRead(out var first));
        Assert.Equal(1, first.Sequence);
        Assert.False(reader.TryRead(out _));
        Assert.True(spool.Money.Durable < spool.Money.Appended);
        Assert.False(reader.IsAtEnd);
    }

    [Fact]
    public async Task A_flood_of_refusals_is_dropped_and_leaves_money_alone()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(new SpoolOptions { MaxRefusalBytes = 1 << 16, SegmentBytes = 1 << 16 });
        for (var refused = 0; refused < 2000; refused++)
        {
            spool.RecordCompletion(Recorded.Completion(Recorded.NewRequest(), status: 401), admitted: false);
        }

        Assert.True(spool.IsAccepting);
        Assert.InRange(spool.Refusals.Bytes, 1, (1 << 16) + 4096);
        var kept = SpoolDirectory.CompletionsIn(spool.Refusals);
        Assert.InRange(kept.Count, 50, 1999);
        Assert.Equal(Enumerable.Range(1, kept.Count).Select(x => (long)x), kept.Select(x => x.Sequence));

        await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        Assert.Single(SpoolDirectory.UsageIn(spool));
        Assert.NotEqual(spool.Money.Identity.EdgeId, spool.Refusals.Identity.EdgeId);
    }

    [Fact]
    public async Task A_full_spool_refuses_new_calls_keeps_usage_and_accepts_again_once_taken()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(new SpoolOptions { MaxBytes = 1 << 17, SegmentBytes = 1 << 16 });
        while (spool.IsAccepting)
        {
            spool.RecordIntent(Recorded.Intent(Recorded.NewRequest()));
        }

        Assert.Equal("spool_full", spool.RefusalReason);
        Assert.Throws<SpoolUnavailableException>(
            () => spool.RecordIntent(Recorded.Intent(Recorded.NewRequest())));
        await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        Assert.Single(SpoolDirectory.UsageIn(spool));

        foreach (var consumer in spool.Money.Consumers)
        {
            consumer.State = new SpoolCursorState(spool.Money.Appended);
        }

        Assert.True(spool.IsAccepting);
        spool.RecordIntent(Recorded.Intent(Recorded.NewRequest()));
    }

    [Fact]
    public async Task What_is_settled_and_not_shipped_is_pending()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        var settler = spool.Money.Consumers.Single(consumer => consumer.Name == UsageSpool.HoldSettlerName);
        settler.State = new SpoolCursorState(spool.Money.Appended, 1, 2);
        Assert.Equal(1, spool.PendingEvents);
        Assert.True(spool.Money.BytesWanted > 0);
    }

    [Fact]
    public void A_directory_in_use_is_refused_by_name()
    {
        using var directory = new SpoolDirectory();
        using var spool = directory.Open();
        var refusal = Assert.Throws<InvalidOperationException>(() => directory.Open());
        Assert.Contains(directory.Path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_id_begins_an_epoch_and_what_was_written_keeps_its_own()
    {
        using var directory = new SpoolDirectory();
        using (var spool = directory.Open())
        {
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        }

        File.Delete(Path.Combine(directory.Money, "spool.id"));
        using var reopened = directory.Open();
        await reopened.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        var usage = SpoolDirectory.UsageIn(reopened);
        Assert.Equal([(1L, 1L), (2L, 1L)], usage.Select(x => (x.Edge.Epoch, x.Sequence)));
        Assert.Single(usage.Select(x => x.Edge.EdgeId).Distinct());
    }

    [Fact]
    public async Task Lost_segments_begin_an_epoch_rather_than_use_a_sequence_twice()
    {
        using var directory = new SpoolDirectory();
        using (var spool = directory.Open())
        {
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        }

        File.Delete(directory.LastSegment());
        using var reopened = directory.Open();
        Assert.Equal(2, reopened.Money.Identity.Epoch);
    }

    [Fact]
    public async Task Records_that_were_taken_and_then_lost_leave_a_gap_and_no_sequence_twice()
    {
        using var directory = new SpoolDirectory();
        using (var spool = directory.Open())
        {
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
            spool.Money.Consumers[0].State = new SpoolCursorState(spool.Money.Appended, 1, 3);
        }

        await using (var file = File.OpenWrite(directory.LastSegment()))
        {
            file.SetLength(file.Length - 10);
        }

        using var reopened = directory.Open();
        await reopened.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
        Assert.Equal([1, 3], SpoolDirectory.UsageIn(reopened).Select(x => x.Sequence));
    }

    [Fact]
    public async Task Damage_in_the_middle_is_told_and_the_rest_is_read()
    {
        using var directory = new SpoolDirectory();
        var options = new SpoolOptions { SegmentBytes = 1 << 16 };
        using (var spool = directory.Open(options))
        {
            for (var call = 0; call < 300; call++)
            {
                await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
            }
        }

        var oldest = Directory.GetFiles(directory.Money, "*.seg").Order(StringComparer.Ordinal).First();
        await using (var file = File.OpenWrite(oldest))
        {
            file.Position = 10_000;
            await file.WriteAsync("this was not written by us"u8.ToArray(), Cancellation);
        }

        using var reopened = directory.Open(options);
        var usage = SpoolDirectory.UsageIn(reopened);
        Assert.Equal(299, usage.Count);
        Assert.Equal(300, usage[^1].Sequence);
        Assert.InRange(reopened.Money.DamagedBytes, 500, 2000);
    }

    [Fact]
    public async Task Segments_go_once_taken_by_all_and_older_than_the_replay_window()
    {
        using var directory = new SpoolDirectory();
        var clock = new ManualTimeProvider(Recorded.At);
        var options = new SpoolOptions { SegmentBytes = 1 << 16, GroupCommitWindow = TimeSpan.Zero };
        using var spool = directory.Open(options, clock);
        var open = Recorded.NewRequest();
        spool.RecordIntent(Recorded.Intent(open));
        spool.RecordProgress(Recorded.Usage(open).EventId, 77);
        for (var call = 0; call < 300; call++)
        {
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
            spool.RecordCompletion(Recorded.Completion(Recorded.NewRequest()), admitted: true);
        }

        var before = spool.Money.Segments.Count;
        clock.Advance(TimeSpan.FromMinutes(20));
        await PassAsync(clock, spool);
        Assert.Equal(before, spool.Money.Segments.Count);

        foreach (var consumer in spool.Money.Consumers)
        {
            consumer.State = new SpoolCursorState(spool.Money.Appended);
        }

        await Eventually.UntilAsync(
            async () =>
            {
                await PassAsync(clock, spool);
                return spool.Money.Segments.Count <= 2;
            },
            Deadline,
            "old segments are deleted",
            Cancellation);

        // The stream that outlived its segment is still known, with what it had streamed.
        using var crashed = directory.Copy();
        using var recovered = crashed.Open(options);
        var (_, _, usage) = Assert.Single(SpoolDirectory.UsageIn(recovered), x => x.Usage.EventVersion == 1);
        Assert.Equal((open, 77), (usage.RequestId, usage.Tokens.OutputText));
    }

    [Fact]
    public async Task While_the_disk_refuses_calls_are_refused_and_usage_is_kept_until_it_is_back()
    {
        const int Fillers = 4;
        using var directory = new SpoolDirectory();
        using var spool = directory.Open(new SpoolOptions
        {
            SegmentBytes = 1 << 16,
            DiskPatience = TimeSpan.FromMilliseconds(100),
            UpkeepInterval = TimeSpan.FromMilliseconds(20),
        });
        var refused = Recorded.NewRequest();
        spool.RecordIntent(Recorded.Intent(refused));
        var away = directory.Money + ".away";
        Directory.Move(directory.Money, away);

        // The next segment cannot be begun, as on a disk that is full.
        var written = 0;
        while (spool.IsAccepting)
        {
            await spool.RecordUsageAsync(Recorded.Usage(Recorded.NewRequest()));
            written++;
        }

        Assert.Equal("spool_disk_error", spool.RefusalReason);

        // Smaller records than the one that was refused may still fit; these leave no room for another.
        for (var filled = 0; filled < Fillers; filled++)
        {
            spool.RecordCompletion(Recorded.Completion(Recorded.NewRequest()), admitted: true);
        }

        spool.RecordVoid(Recorded.Usage(refused).EventId, refused);
        spool.RecordCompletion(Recorded.Completion(refused), admitted: true);
        Assert.Contains(spool.Money.Calls.ByAge, call => call.RequestId == refused);
        Directory.Move(away, directory.Money);
        await Eventually.UntilAsync(() => spool.IsAccepting, Deadline, "the disk is trusted again", Cancellation);

        var usage = SpoolDirectory.UsageIn(spool);
        Assert.Equal(Enumerable.Range(1, written).Select(x => (long)x), usage.Select(x => x.Sequence));
        Assert.Equal(Fillers + 1, SpoolDirectory.CompletionsIn(spool.Money).Count);
        Assert.DoesNotContain(spool.Money.Calls.ByAge, call => call.RequestId == refused);
    }

    private static async Task PassAsync(ManualTimeProvider clock, UsageSpool spool)
    {
        await Eventually.UntilAsync(
            () => spool.Money.Durable == spool.Money.Appended, Deadline, "the lane is flushed", Cancellation);
        clock.Advance(TimeSpan.FromSeconds(1));
    }
}
