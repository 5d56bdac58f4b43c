using System.Text.Json;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// The usage that is still to be settled, in order: from memory what was appended a moment ago, from the files what
/// memory has not, because the process is new, the settler fell behind, or what was settled is settled again.
/// </summary>
internal sealed class UnsettledUsage : IDisposable
{
    private readonly SpoolLane _lane;
    private readonly SpoolCursor _cursor;
    private readonly SpoolReader _reader;
    private DateTimeOffset _since;

    /// <param name="lane">Where usage is.</param>
    /// <param name="cursor">What has been settled.</param>
    public UnsettledUsage(SpoolLane lane, SpoolCursor cursor)
    {
        (_lane, _cursor) = (lane, cursor);
        _reader = new SpoolReader(lane, SpoolRecordType.Usage, cursor.State);
    }

    /// <summary>Everything before it has been collected.</summary>
    public SpoolCursorState Reached => _reader.Reached;

    /// <summary>True when the last look found the end of all that has been appended.</summary>
    public bool IsAtEnd => _reader.IsAtEnd;

    /// <summary>Goes back to the first file with a record as young as that; what is older is not repeated.</summary>
    public void Rewind(DateTimeOffset since)
    {
        _since = since;
        var oldest = _lane.Segments.FirstOrDefault(segment => segment.LastAppendAt >= since);
        if (oldest is not null && oldest.Start < _reader.Position)
        {
            _reader.Seek(oldest.Start);
        }
    }

    /// <summary>Goes back to the oldest record there is.</summary>
    public void RewindToOldest()
    {
        _since = DateTimeOffset.MinValue;
        _reader.Seek(_lane.Segments[0].Start);
    }

    /// <summary>Collects what comes next.</summary>
    /// <param name="round">Receives it.</param>
    /// <param name="most">No more than so many.</param>
    public void Collect(List<UsageSettlement> round, int most)
    {
        var limit = _lane.Durable;
        var reached = new SpoolPosition(_reader.Position, 0);
        if (reached.Position >= _cursor.State.Position && _lane.RecentUsage.TryTake(ref reached, limit, round, most))
        {
            _reader.SkipTo(reached, limit);
            return;
        }

        for (var read = 0; read < most && _reader.TryRead(out var entry); read++)
        {
            var usage = JsonSerializer.Deserialize(entry.Payload.Span, SpoolJson.Default.UsageRecorded)!;
            var isRepeat = _reader.Position <= _cursor.State.Position;
            if (!isRepeat || usage.RecordedAt >= _since)
            {
                round.Add(UsageSettlement.Of(usage) with
                {
                    Origin = new UsageOrigin(entry.Edge.EdgeId, entry.Edge.Epoch, entry.Sequence),
                });
            }
        }
    }

    /// <summary>Completes when there may be more to collect.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => _reader.WaitAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _reader.Dispose();
}
