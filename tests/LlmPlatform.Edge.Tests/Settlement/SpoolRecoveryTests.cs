using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Money;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class SpoolRecoveryTests
{
    private const int RecordHeader = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_tail_torn_anywhere_costs_only_the_record_it_tears() => TearAsync(step: 11);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_tail_torn_at_any_byte_costs_only_the_record_it_tears() => TearAsync(step: 1);

    // Each byte of the record's head, and so many steps through the rest.
    private static async Task TearAsync(int step)
    {
        using var directory = new SpoolDirectory();
        var requests = Enumerable.Range(0, 3).Select(_ => Recorded.NewRequest()).ToArray();
        string segment;
        long before;
        using (var spool = directory.Open())
        {
            segment = directory.LastSegment();
            await spool.RecordUsageAsync(Recorded.Usage(requests[0]));
            await spool.RecordUsageAsync(Recorded.Usage(requests[1]));
            before = new FileInfo(segment).Length;
            await spool.RecordUsageAsync(Recorded.Usage(requests[2]));
        }

        var whole = await File.ReadAllBytesAsync(segment, Cancellation);
        File.Delete(Path.Combine(directory.Money, "calls.cursor"));
        for (var length = before; length < whole.Length; length += length < before + RecordHeader ? 1 : step)
        {
            using var torn = directory.Copy(inMemory: true);
            await File.WriteAllBytesAsync(torn.LastSegment(), whole[..(int)length], Cancellation);
            using var spool = torn.Open(new SpoolOptions { Durability = SpoolDurability.Os });
            await spool.RecordUsageAsync(Recorded.Usage(requests[2]));

            var usage = SpoolDirectory.UsageIn(spool);
            Assert.Equal([1, 2, 3], usage.Select(x => x.Sequence));
            Assert.Equal(requests, usage.Select(x => x.Usage.RequestId));
        }
    }

    [Fact]
    public async Task A_crash_at_any_point_leaves_each_attempt_billed_once_under_its_own_id()
    {
        using var directory = new SpoolDirectory();
        var copies = new List<(string Point, SpoolDirectory Copy)>();
        var one = Recorded.NewRequest();
        var two = Recorded.NewRequest();
        using (var spool = directory.Open())
        {
            void Crash(string point) => copies.Add((point, directory.Copy()));

            spool.RecordIntent(Recorded.Intent(one));
            Crash("intent");
            spool.RecordProgress(EventIdentity.Usage(one, 1, 0), 40);
            Crash("progress");
            await spool.RecordUsageAsync(Recorded.Usage(one, attempt: 1, ends: false));
            Crash("failed over");
            spool.RecordIntent(Recorded.Intent(one, attempt: 2));
            Crash("second intent");
            spool.RecordIntent(Recorded.Intent(two));
            Crash("other request");
            await spool.RecordUsageAsync(Recorded.Usage(one, attempt: 2));
            Crash("second usage");
            spool.RecordCompletion(Recorded.Completion(one), admitted: true);
            Crash("completed");
            await spool.RecordUsageAsync(Recorded.Usage(two));
            spool.RecordCompletion(Recorded.Completion(two), admitted: true);
            Crash("all done");
        }

        foreach (var (point, copy) in copies)
        {
            using (copy)
            {
                Check(copy, point);
            }
        }
    }

    [Fact]
    public async Task A_recovery_cut_short_and_run_again_says_the_same()
    {
        using var directory = new SpoolDirectory();
        var requests = Enumerable.Range(0, 3).Select(_ => Recorded.NewRequest()).ToArray();
        using (var spool = directory.Open())
        {
            foreach (var request in requests)
            {
                spool.RecordIntent(Recorded.Intent(request));
            }

            using var crashed = directory.Copy();
            var before = new FileInfo(crashed.LastSegment()).Length;
            crashed.Open().Dispose();
            var recovered = await File.ReadAllBytesAsync(crashed.LastSegment(), Cancellation);
            for (var length = before; length <= recovered.Length; length += 97)
            {
                using var again = directory.Copy(inMemory: true);
                await File.WriteAllBytesAsync(again.LastSegment(), recovered[..(int)length], Cancellation);
                using var reopened = again.Open();
                var usage = SpoolDirectory.UsageIn(reopened);
                var completions = SpoolDirectory.CompletionsIn(reopened.Money);
                Assert.Equal([1, 2, 3], usage.Select(x => x.Sequence));
                Assert.Equal(requests.Select(x => EventIdentity.Usage(x, 1, 0)), usage.Select(x => x.Usage.EventId));
                Assert.Equal([1, 2, 3], completions.Select(x => x.Sequence));
                Assert.Equal(requests, completions.Select(x => x.Completed.RequestId));
            }
        }
    }

    [Fact]
    public async Task An_estimate_prices_the_output_that_had_streamed()
    {
        using var directory = new SpoolDirectory();
        var request = Recorded.NewRequest();
        SpoolDirectory crashed;
        using (var spool = directory.Open())
        {
            spool.RecordIntent(Recorded.Intent(request));
            spool.RecordProgress(EventIdentity.Usage(request, 1, 0), 100);
            spool.RecordProgress(EventIdentity.Usage(request, 1, 0), 250);
            crashed = directory.Copy();
        }

        using (crashed)
        {
            using var spool = crashed.Open();
            var (_, _, usage) = Assert.Single(SpoolDirectory.UsageIn(spool));
            Assert.Equal(1, usage.EventVersion);
            Assert.Equal(UsageSources.RecoveredEstimate, usage.UsageSource);
            Assert.Equal(UsageOutcomes.Recovered, usage.Outcome);
            Assert.Equal(250, usage.Tokens.OutputText);
            Assert.Equal(Recorded.At, usage.OccurredAt);
            Assert.True(usage.EndsRequest);

            // 1,000 tokens at $2 and 250 at $10 for each million.
            Assert.Equal(4_500_000, usage.CostNanoUsd);
            var (_, _, completed) = Assert.Single(SpoolDirectory.CompletionsIn(spool.Money));
            Assert.True(completed.Recovered);
            Assert.Equal(EventIdentity.Completion(request), completed.EventId);
            Assert.Equal((1000, 250), (completed.InputTokens, completed.OutputTokens));
            Assert.Equal(4_500_000, completed.CostNanoUsd);
            Assert.Equal("/v1/chat/completions", completed.Route);
        }
    }

    [Fact]
    public async Task An_intent_that_came_to_nothing_is_not_billed_and_its_request_is_still_reported()
    {
        using var directory = new SpoolDirectory();
        var refused = Recorded.NewRequest();
        var failedOver = Recorded.NewRequest();
        SpoolDirectory crashed;
        using (var spool = directory.Open())
        {
            spool.RecordIntent(Recorded.Intent(refused));
            spool.RecordVoid(EventIdentity.Usage(refused, 1, 0), refused);
            spool.RecordIntent(Recorded.Intent(failedOver));
            spool.RecordVoid(EventIdentity.Usage(failedOver, 1, 0), failedOver);
            spool.RecordIntent(Recorded.Intent(failedOver, attempt: 2));
            crashed = directory.Copy();
            spool.RecordCompletion(Recorded.Completion(refused, 502), admitted: true);
            Assert.Equal(1, spool.Money.Calls.Count);
        }

        using (crashed)
        {
            using var spool = crashed.Open();
            var (_, _, usage) = Assert.Single(SpoolDirectory.UsageIn(spool));
            Assert.Equal((failedOver, 2, true), (usage.RequestId, usage.Attempt, usage.EndsRequest));
            var completions = SpoolDirectory.CompletionsIn(spool.Money).ConvertAll(x => x.Completed);
            Assert.Equal([refused, failedOver], completions.Select(x => x.RequestId));
            Assert.Equal([0, 2_000_000], completions.Select(x => x.CostNanoUsd));
        }
    }

    [Fact]
    public async Task Of_two_attempts_open_at_once_only_the_last_ends_the_request()
    {
        using var directory = new SpoolDirectory();
        var request = Recorded.NewRequest();
        SpoolDirectory crashed;
        using (var spool = directory.Open())
        {
            spool.RecordIntent(Recorded.Intent(request, attempt: 2));
            spool.RecordIntent(Recorded.Intent(request, attempt: 1));
            crashed = directory.Copy();
        }

        using (crashed)
        {
            using var spool = crashed.Open();
            var usage = SpoolDirectory.UsageIn(spool).ConvertAll(x => x.Usage);
            Assert.Equal([1, 2], usage.Select(x => x.Attempt));
            Assert.Equal([false, true], usage.Select(x => x.EndsRequest));
            Assert.Single(SpoolDirectory.CompletionsIn(spool.Money));
        }
    }

    [Fact]
    public async Task The_checkpoint_spares_the_reading_and_forgets_no_open_call()
    {
        using var directory = new SpoolDirectory();
        var options = new SpoolOptions { SegmentBytes = 1 << 16, UpkeepInterval = TimeSpan.FromMilliseconds(10) };
        var open = Recorded.NewRequest();
        SpoolDirectory crashed;
        using (var spool = directory.Open(options))
        {
            for (var call = 0; call < 200; call++)
            {
                var request = call == 150 ? open : Recorded.NewRequest();
                spool.RecordIntent(Recorded.Intent(request));
                if (call != 150)
                {
                    await spool.RecordUsageAsync(Recorded.Usage(request));
                    spool.RecordCompletion(Recorded.Completion(request), admitted: true);
                }
            }

            await TestKit.Eventually.UntilAsync(
                () => new SpoolCursor(directory.Money, LaneUpkeep.CheckpointName).KeptPosition > 100_000,
                TimeSpan.FromSeconds(60),
                "the checkpoint follows the oldest open call",
                Cancellation);
            crashed = directory.Copy();
        }

        using (crashed)
        {
            using var spool = crashed.Open(options);
            var usage = SpoolDirectory.UsageIn(spool);
            Assert.Equal(200, usage.Count);
            var (_, sequence, recovered) = Assert.Single(usage, x => x.Usage.EventVersion == 1);
            Assert.Equal((200, open), (sequence, recovered.RequestId));
        }
    }

    private static void Check(SpoolDirectory crashed, string point)
    {
        for (var start = 0; start < 2; start++)
        {
            using var spool = crashed.Open();
            var usage = SpoolDirectory.UsageIn(spool);
            var completions = SpoolDirectory.CompletionsIn(spool.Money);
            Assert.True(usage.Select(x => x.Usage.EventId).Distinct().Count() == usage.Count, point);
            Assert.Equal(Enumerable.Range(1, usage.Count).Select(x => (long)x), usage.Select(x => x.Sequence));
            Assert.True(completions.Select(x => x.Completed.EventId).Distinct().Count() == completions.Count, point);
            Assert.Equal(
                usage.Select(x => x.Usage.RequestId).ToHashSet(),
                completions.Select(x => x.Completed.RequestId).ToHashSet());
            Assert.All(usage, x => Assert.Equal(x.Usage.EventVersion == 1, x.Usage.Outcome == UsageOutcomes.Recovered));
            Assert.Equal(0, spool.Money.Calls.Count);
        }
    }
}
