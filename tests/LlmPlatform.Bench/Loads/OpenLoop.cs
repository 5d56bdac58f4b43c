using System.Collections.Concurrent;
using System.Diagnostics;

namespace LlmPlatform.Bench.Loads;

/// <summary>
/// Calls at a fixed rate, whether or not earlier ones have been answered. A latency counts from the time the call was
/// due, so that a stall is paid for by every call that had to wait for it (no coordinated omission).
/// </summary>
public static class OpenLoop
{
    public static async Task<LoadResult> RunAsync(
        Uri target, byte[] request, int connections, double perSecond, TimeSpan length)
    {
        var result = new LoadResult();
        var idle = new ConcurrentBag<LoadConnection>(
            Enumerable.Range(0, connections).Select(_ => new LoadConnection(target, request)));
        var open = 0;
        var began = Stopwatch.GetTimestamp();
        var total = (long)(perSecond * length.TotalSeconds);

        // On a thread of its own: this one may be that on which sockets hear of answers.
        await Task.Factory.StartNew(Pace, TaskCreationOptions.LongRunning);
        while (Volatile.Read(ref open) > 0 && Stopwatch.GetElapsedTime(began) < length + TimeSpan.FromSeconds(20))
        {
            await Task.Delay(10);
        }

        result.Seconds = length.TotalSeconds;
        foreach (var connection in idle)
        {
            connection.Dispose();
        }

        return result;

        void Pace()
        {
            for (var call = 0L; call < total;)
            {
                var due = began + (long)(call / perSecond * Stopwatch.Frequency);
                if (Stopwatch.GetTimestamp() < due)
                {
                    // Gives the core to whoever wants it: the next call may be due in microseconds.
                    Thread.Yield();
                    continue;
                }

                call++;
                if (idle.TryTake(out var connection))
                {
                    Interlocked.Increment(ref open);
                    _ = Task.Run(() => CallAsync(connection, due));
                    continue;
                }

                lock (result)
                {
                    result.Bad++;
                }
            }
        }

        async Task CallAsync(LoadConnection connection, long due)
        {
            var isGood = await connection.CallAsync();
            lock (result)
            {
                result.Good += isGood ? 1 : 0;
                result.Bad += isGood ? 0 : 1;
                result.Calls.Add(Stopwatch.GetElapsedTime(due).TotalMicroseconds);
            }

            idle.Add(connection);
            Interlocked.Decrement(ref open);
        }
    }
}
