using System.Text;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Tests.Relay;

/// <summary>Drives a passage over the bytes of a stream, as the relay does.</summary>
internal static class PassageRun
{
    /// <summary>Every way a stream is cut in the tests: in two at every byte, and into small pieces.</summary>
    public static IEnumerable<byte[][]> Cuts(string stream)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        yield return [bytes];
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            yield return [bytes[..cut], bytes[cut..]];
        }

        foreach (var size in (int[])[1, 2, 3, 7])
        {
            yield return [.. bytes.Chunk(size)];
        }
    }

    /// <summary>Reads all of it.</summary>
    /// <returns>
    /// What the caller gets, how much of it leaves before the usage is settled, and whether the stream came to an end.
    /// </returns>
    public static (string Text, string BeforeSettling, bool Ended) Through(StreamPassage passage, byte[][] reads)
    {
        using var pending = new PooledBuffer(64);
        using var output = new PooledBuffer(64);
        var held = 0;
        var isLast = false;
        for (var i = 0; i <= reads.Length && !isLast; i++)
        {
            var ended = i == reads.Length;
            if (!ended)
            {
                reads[i].CopyTo(pending.GetMemory(reads[i].Length));
                pending.Advance(reads[i].Length);
            }

            while (!isLast && passage.Framing.TryRead(pending.Span, ended, out var streamEvent))
            {
                var length = streamEvent.Whole.Length;
                held = output.Length;
                isLast = passage.Take(in streamEvent, output);
                pending.Consume(length);
            }

            if (ended && !isLast)
            {
                held = output.Length;
                isLast = passage.End(output);
            }
        }

        var text = Encoding.UTF8.GetString(output.Span);
        return (text, Encoding.UTF8.GetString(output.Span[..held]), isLast);
    }
}
