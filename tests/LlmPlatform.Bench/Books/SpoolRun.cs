using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using LlmPlatform.Bench.Rig;
using LlmPlatform.Edge.Settlement;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Bench.Books;

/// <summary>
/// <c>./bench.sh spool</c>: what it costs the caller that usage is on the device before the last byte leaves. So many
/// callers at once, each of whom streams for a while and then waits for its usage, against a spool with <c>fsync</c>
/// and group commit; the CPU is what is left of the same callers who write nothing.
/// </summary>
internal static class SpoolRun
{
    private const int WarmUpCalls = 10_000;

    private static readonly int[] CallersAtOnce = [1, 16, 64];
    private static readonly TimeSpan Streaming = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.Work, "spool-" + Path.GetRandomFileName()));
        try
        {
            await MeasureAsync(directory.FullName, CallersAtOnce[^1], WarmUpCalls);
            Console.WriteLine(
                "callers  calls/s   wait for the device, ms: p50    p99    most    CPU µs/call   bytes/call");
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var callers in CallersAtOnce)
                {
                    Console.WriteLine(await MeasureAsync(
                        directory.FullName, callers, options.Calls * callers / CallersAtOnce[^1]));
                }
            }

            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<string> MeasureAsync(string directory, int callers, int calls)
    {
        var idle = await StepCost.OfAsync(calls, () => CallAsync(callers, calls, _ => ValueTask.CompletedTask));
        using var meter = new Meter("LlmPlatform.Bench");
        using var spool = UsageSpool.Open(
            Path.Combine(directory, Path.GetRandomFileName()),
            new SpoolOptions { Durability = SpoolDurability.Fsync, MaxBytes = long.MaxValue / 2 },
            TimeProvider.System,
            meter,
            NullLogger<UsageSpool>.Instance);
        var call = SampleCall.At(TimeProvider.System.GetUtcNow());
        var began = Stopwatch.GetTimestamp();
        var waits = new Latencies();
        var cost = (await StepCost.OfAsync(calls, async () => waits = await CallAsync(
            callers, calls, request => call.RecordAsync(spool, request)))).Without(idle);
        var rate = calls / Stopwatch.GetElapsedTime(began).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{callers,7}{rate,9:0}{waits.Quantile(0.5) / 1000,32:0.00}{waits.Quantile(0.99) / 1000,7:0.00}")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{waits.Quantile(1) / 1000,8:0.0}{cost.CpuMicroseconds,15:0.0}{cost.AllocatedBytes,13:0}");
    }

    private static async Task<Latencies> CallAsync(int callers, int calls, Func<Guid, ValueTask> record)
    {
        var waits = new Latencies();
        var left = calls;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Task.Delay(Streaming);
                var began = Stopwatch.GetTimestamp();
                await record(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
                var waited = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
                lock (waits)
                {
                    waits.Add(waited);
                }
            }
        }));
        return waits;
    }
}
