namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Follows one kind of record through a lane, as far as it is on the device. What it has read is the consumer's to
/// remember: <see cref="Reached"/> becomes the cursor once all of it has been taken.
/// </summary>
internal sealed class SpoolReader : IDisposable
{
    private readonly SpoolLane _lane;
    private readonly SpoolRecordType _type;
    private SegmentReader? _file;
    private SpoolSegment? _segment;
    private long _damageTold;
    private long _lookedUpTo;

    /// <param name="lane">The lane.</param>
    /// <param name="type">The kind of record.</param>
    /// <param name="from">Where to begin.</param>
    public SpoolReader(SpoolLane lane, SpoolRecordType type, SpoolCursorState from)
    {
        (_lane, _type, Reached) = (lane, type, from);
    }

    /// <summary>How far it has come.</summary>
    public SpoolCursorState Reached { get; private set; }

    /// <summary>Reads on.</summary>
    /// <returns>False when nothing more of the kind is on the device yet.</returns>
    public bool TryRead(out SpoolEntry entry)
    {
        while (true)
        {
            // The limit is taken before the list of files: it may lie in a file that did not exist a moment ago, never
            // in one that the list misses.
            var limit = _lookedUpTo = _lane.Durable;
            if (!TryFindFile(out var segment, out var next))
            {
                entry = default;
                return false;
            }

            while (_file!.TryRead(Math.Min(segment.End, limit), out var frame, out var payload))
            {
                Reached = Reached with { Position = _file.Position };
                if (frame.Type == _type)
                {
                    entry = new SpoolEntry(segment.Identity!, frame.Number, payload);
                    Reached = After(segment.Identity!.Epoch, frame.Number);
                    TellDamage(segment, _file.DamagedBytes);
                    return true;
                }
            }

            if (next is null || limit < next.Start)
            {
                Reached = Reached with { Position = Math.Max(Reached.Position, _file.Position) };
                entry = default;
                return false;
            }

            TellDamage(segment, _file.DamagedBytes + Math.Max(0, segment.End - _file.Position));
            Reached = Reached with { Position = next.Start };
        }
    }

    /// <summary>True when the last look found the end of all that has been appended.</summary>
    public bool IsAtEnd => _lookedUpTo >= _lane.Appended;

    /// <summary>Completes when there may be more to read.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) =>
        _lane.WaitForMoreAsync(_lookedUpTo, cancellationToken);

    /// <summary>Goes back, or forth.</summary>
    public void Seek(long position)
    {
        Reached = Reached with { Position = position };
        Close();
    }

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();

    private SpoolCursorState After(long epoch, long number)
    {
        var isUsage = _type == SpoolRecordType.Usage;
        var known = Reached.Epoch == epoch ? Reached : new SpoolCursorState(Reached.Position, epoch);
        return isUsage
            ? known with { Position = _file!.Position, NextUsageSequence = number + 1 }
            : known with { Position = _file!.Position, NextCompletionSequence = number + 1 };
    }

    private bool TryFindFile(out SpoolSegment segment, out SpoolSegment? next)
    {
        var segments = _lane.Segments;
        var index = segments.Count - 1;
        while (index > 0 && segments[index].Start > Reached.Position)
        {
            index--;
        }

        segment = segments[index];
        next = index + 1 < segments.Count ? segments[index + 1] : null;
        if (_segment != segment)
        {
            Close();
            try
            {
                _file = new SegmentReader(segment, Reached.Position);
            }
            catch (FileNotFoundException)
            {
                // Upkeep deleted it since the list was taken: every cursor had passed it, and the next look finds
                // another.
                _lookedUpTo = 0;
                return false;
            }

            _segment = segment;
        }

        return true;
    }

    private void TellDamage(SpoolSegment segment, long bytes)
    {
        if (bytes > _damageTold)
        {
            _lane.ReportDamage(segment.Path, bytes - _damageTold);
            _damageTold = bytes;
        }
    }

    private void Close()
    {
        _file?.Dispose();
        (_file, _segment, _damageTold) = (null, null, 0);
    }
}
