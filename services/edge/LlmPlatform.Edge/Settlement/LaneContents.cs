using System.Buffers.Binary;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What a lane's directory holds when it is opened. Only what lies behind the checkpoint is read: every call that began
/// before it had ended when it was written.
/// </summary>
internal sealed class LaneContents
{
    private LaneContents(IReadOnlyList<SpoolSegment> segments) => Segments = segments;

    /// <summary>The files, the oldest first.</summary>
    public IReadOnlyList<SpoolSegment> Segments { get; }

    /// <summary>Whose the newest readable file is.</summary>
    public SpoolIdentity? Identity { get; private set; }

    /// <summary>Where sound records end.</summary>
    public long End { get; private set; }

    /// <summary>Bytes behind it that a crash left of a record.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Damaged bytes before it.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>The sequence that the next usage record gets.</summary>
    public long NextUsageSequence { get; private set; } = 1;

    /// <summary>The sequence that the next completion gets.</summary>
    public long NextCompletionSequence { get; private set; } = 1;

    /// <summary>The calls whose end is not written down.</summary>
    public OpenCalls Calls { get; } = new();

    /// <summary>Reads a directory, and removes the beginnings of a file that never came to hold a record.</summary>
    /// <param name="directory">The lane's directory.</param>
    /// <param name="checkpoint">Where the oldest call that may be open begins.</param>
    public static LaneContents Read(string directory, long checkpoint)
    {
        var segments = new List<SpoolSegment>();
        foreach (var path in Directory.GetFiles(directory, SpoolSegment.Pattern).Order(StringComparer.Ordinal))
        {
            if (SpoolSegment.Find(path) is { } segment)
            {
                segments.Add(segment);
            }
            else
            {
                File.Delete(path);
            }
        }

        var contents = new LaneContents(segments);
        for (var index = 0; index < segments.Count; index++)
        {
            contents.Take(segments[index], checkpoint, isLast: index == segments.Count - 1);
        }

        return contents;
    }

    private void Take(SpoolSegment segment, long checkpoint, bool isLast)
    {
        if (segment.Identity is { } identity)
        {
            if (identity != Identity)
            {
                NextUsageSequence = NextCompletionSequence = 1;
            }

            Identity = identity;
            NextUsageSequence = Math.Max(NextUsageSequence, segment.NextUsageSequence);
            NextCompletionSequence = Math.Max(NextCompletionSequence, segment.NextCompletionSequence);
        }

        End = segment.End;
        if (checkpoint >= segment.End && !isLast)
        {
            return;
        }

        using var reader = new SegmentReader(segment, isLast ? segment.Start : Math.Max(segment.Start, checkpoint));
        while (reader.TryRead(segment.End, out var frame, out var payload))
        {
            Take(frame, reader.Position - frame.Length, payload.Span, mayBeOpen: reader.Position > checkpoint);
        }

        // Whole records behind damage in the last file were kept by the reader; only what no record follows is torn.
        DamagedBytes += reader.DamagedBytes + (isLast ? 0 : segment.End - reader.Position);
        TornBytes = isLast ? segment.End - reader.Position : 0;
        End = isLast ? reader.Position : segment.End;
    }

    private void Take(in SpoolFrame frame, long position, ReadOnlySpan<byte> payload, bool mayBeOpen)
    {
        if (frame.Type == SpoolRecordType.Usage)
        {
            NextUsageSequence = Math.Max(NextUsageSequence, frame.Number + 1);
        }
        else if (frame.Type == SpoolRecordType.Completion)
        {
            NextCompletionSequence = Math.Max(NextCompletionSequence, frame.Number + 1);
        }

        if (mayBeOpen)
        {
            var isProgress = frame.Type == SpoolRecordType.Progress && payload.Length == sizeof(long);
            Calls.Apply(frame, position, isProgress ? BinaryPrimitives.ReadInt64LittleEndian(payload) : 0);
        }
    }
}
