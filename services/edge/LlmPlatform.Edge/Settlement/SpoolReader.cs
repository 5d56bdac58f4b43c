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
    private long _epoch;
    private long _nextUsage;
    private long _nextCompletion;

    /// <param name="lane">The lane.</param>
    /// <param name="type">The kind of record.</param>
    /// <param name="from">Where to begin.</param>
    public SpoolReader(SpoolLane lane, SpoolRecordType type, SpoolCursorState from)
    {
        (_lane, _type, Position) = (lane, type, from.Position);
        (_epoch, _nextUsage, _nextCompletion) = (from.Epoch, from.NextUsageSequence, from.NextCompletionSequence);
    }

    /// <summary>Everything before it has been read.</summary>
    public long Position { get; private set; }

    /// <summary>How far it has come, as the cursor keeps it.</summary>
    public SpoolCursorState Reached => new(Position, _epoch, _nextUsage, _nextCompletion);

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
                Position = _file.Position;
                if (frame.Type == _type)
                {
                    entry = new SpoolEntry(segment.Identity!, frame.Number, payload);
                    Count(segment.Identity!.Epoch, frame.Number + 1);
                    TellDamage(segment, _file.DamagedBytes);
                    return true;
                }
            }

            if (next is null || limit < next.Start)
            {
                Position = Math.Max(Position, _file.Position);
                entry = default;
                return false;
            }

            TellDamage(segment, _file.DamagedBytes + Math.Max(0, segment.End - _file.Position));
            Position = next.Start;
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
        Position = position;
        Close();
    }

    /// <summary>Goes on behind what was read elsewhere, of the lane's own epoch.</summary>
    /// <param name="reached">Where that ends.</param>
    /// <param name="lookedUpTo">How far was looked.</param>
    public void SkipTo(SpoolPosition reached, long lookedUpTo)
    {
        _lookedUpTo = lookedUpTo;
        if (reached.NextSequence > 0)
        {
            Count(_lane.Identity.Epoch, reached.NextSequence);
        }

        if (reached.Position != Position)
        {
            Seek(reached.Position);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();

    private void Count(long epoch, long next)
    {
        if (_epoch != epoch)
        {
            (_epoch, _nextUsage, _nextCompletion) = (epoch, 0, 0);
        }

        if (_type == SpoolRecordType.Usage)
        {
            _nextUsage = next;
        }
        else
        {
            _nextCompletion = next;
        }
    }

    private bool TryFindFile(out SpoolSegment segment, out SpoolSegment? next)
    {
        var segments = _lane.Segments;
        var index = segments.Count - 1;
        while (index > 0 && segments[index].Start > Position)
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
                _file = new SegmentReader(segment, Position);
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
