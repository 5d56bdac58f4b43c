using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench.Loads;

/// <summary>
/// Many streams at once, each with 50 chunks 200 ms apart. Every chunk carries the time it was sent; its delay is
/// measured when it is read.
/// </summary>
public static class SlowStreams
{
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes(MockProvider.TimeMark);

    /// <param name="target">The contender.</param>
    /// <param name="request">What each stream asks.</param>
    /// <param name="streams">How many at once.</param>
    /// <param name="onSteady">Runs when all of them have begun and none has ended.</param>
    public static async Task<LoadResult> RunAsync(Uri target, byte[] request, int streams, Action onSteady)
    {
        var result = new LoadResult();
        var began = Stopwatch.GetTimestamp();
        var opening = TimeSpan.FromSeconds(4);
        var calls = Enumerable.Range(0, streams).Select(async index =>
        {
            await Task.Delay(opening * index / streams);
            await CallAsync(target, request, result);
        }).ToList();
        await Task.Delay(opening + TimeSpan.FromSeconds(2));
        onSteady();
        await Task.WhenAll(calls);
        result.Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return result;
    }

    private static async Task CallAsync(Uri target, byte[] request, LoadResult result)
    {
        using var connection = new LoadConnection(target, request);
        var due = Stopwatch.GetTimestamp();
        var isGood = await connection.CallAsync(content => Note(content, result));
        lock (result)
        {
            result.Good += isGood ? 1 : 0;
            result.Bad += isGood ? 0 : 1;
            if (connection.FirstContentAt > 0)
            {
                result.FirstContent.Add(
                    Stopwatch.GetElapsedTime(due, connection.FirstContentAt).TotalMicroseconds);
            }
        }
    }

    private static void Note(ReadOnlySpan<byte> content, LoadResult result)
    {
        var at = content.IndexOf(Mark);
        if (at >= 0 && Utf8Parser.TryParse(content[(at + Mark.Length)..], out long sent, out _))
        {
            lock (result)
            {
                result.Chunks.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
            }
        }
    }
}
