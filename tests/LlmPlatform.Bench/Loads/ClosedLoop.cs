using System.Diagnostics;

namespace LlmPlatform.Bench.Loads;

/// <summary>Connections that call one after the other, as fast as they are answered.</summary>
public static class ClosedLoop
{
    public static async Task<LoadResult> RunAsync(Uri target, byte[] request, int connections, TimeSpan length)
    {
        var result = new LoadResult();
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(length.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() =>
            CallAsync(target, request, end, result))));
        result.Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return result;
    }

    private static async Task CallAsync(Uri target, byte[] request, long end, LoadResult result)
    {
        using var connection = new LoadConnection(target, request);
        while (Stopwatch.GetTimestamp() is var due && due < end)
        {
            var isGood = await connection.CallAsync();
            lock (result)
            {
                result.Good += isGood ? 1 : 0;
                result.Bad += isGood ? 0 : 1;
                result.Calls.Add(Stopwatch.GetElapsedTime(due).TotalMicroseconds);
            }
        }
    }
}
