namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Records that the disk has refused, kept until it takes them: the facts of calls that are over. What they say is on
/// disk already as the estimate of an intent, so that a crash now costs exactness and not the bill.
/// </summary>
internal sealed class HeldRecords(SpoolLane lane, int limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _records = new();
    private TaskCompletionSource? _written;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    /// <summary>Keeps a record.</summary>
    /// <returns>Completes when it is written; null when there is no room for it.</returns>
    public Task? TryAdd(ReadOnlySpan<byte> record)
    {
        lock (_gate)
        {
            if (_records.Count >= limit)
            {
                return null;
            }

            _records.Enqueue(record.ToArray());
            _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _written.Task;
        }
    }

    /// <summary>Writes what it can, in order.</summary>
    /// <exception cref="IOException">The disk still refuses.</exception>
    public void Write()
    {
        lock (_gate)
        {
            while (_records.TryPeek(out var record))
            {
                // A refused record was numbered and sealed in vain; it is prepared as new.
                var known = SpoolFrame.Trusted(record);
                SpoolFrame.Prepare(record, known.Type, known.Flags, known.EventId, known.RequestId);
                lane.Append(record);
                _records.Dequeue();
            }

            _written?.SetResult();
            _written = null;
        }
    }
}
