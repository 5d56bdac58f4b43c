namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What would have to be recovered if the process died now: every request with an intent that has no usage, or with
/// usage and no completion. Kept up to date by the appends themselves and under their lock, so that neither a recovery
/// nor the deletion of a segment ever has to read the past.
/// </summary>
internal sealed class OpenCalls
{
    private const int MostPooled = 1024;

    private readonly Dictionary<Guid, OpenCall> _byRequest = [];
    private readonly Dictionary<Guid, OpenCall> _byIntent = [];
    private readonly LinkedList<OpenCall> _byAge = new();
    private readonly Stack<OpenCall> _pool = new();

    /// <summary>How many there are.</summary>
    public int Count => _byRequest.Count;

    /// <summary>The one whose first record is the oldest.</summary>
    public OpenCall? Oldest => _byAge.First?.Value;

    /// <summary>All, the oldest first.</summary>
    public IEnumerable<OpenCall> ByAge => _byAge;

    /// <summary>True while the event's intent has no usage.</summary>
    public bool TryFindIntent(Guid eventId, out Guid requestId)
    {
        var found = _byIntent.TryGetValue(eventId, out var call);
        requestId = call?.RequestId ?? default;
        return found;
    }

    /// <summary>Takes note of a record at a position.</summary>
    /// <param name="frame">The record.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="progressAt">Of progress: its time in Unix milliseconds.</param>
    public void Apply(in SpoolFrame frame, long position, long progressAt)
    {
        switch (frame.Type)
        {
            case SpoolRecordType.Intent:
                var opened = FindOrOpen(frame.RequestId, position);
                opened.Put(new OpenRecord(frame.EventId, true, position, frame.Length, 0, 0));
                _byIntent[frame.EventId] = opened;
                break;
            case SpoolRecordType.Progress when _byIntent.TryGetValue(frame.EventId, out var streaming):
                streaming.Note(frame.EventId, frame.Number, progressAt);
                break;
            case SpoolRecordType.Void when _byIntent.Remove(frame.EventId, out var voided):
                voided.Void(frame.EventId);
                CloseIfDone(voided);
                break;
            case SpoolRecordType.Usage:
                var used = FindOrOpen(frame.RequestId, position);
                used.Put(new OpenRecord(frame.EventId, false, position, frame.Length, 0, 0));
                used.HasEndingUsage |= frame.EndsRequest;
                _byIntent.Remove(frame.EventId);
                CloseIfDone(used);
                break;
            case SpoolRecordType.Completion when _byRequest.TryGetValue(frame.RequestId, out var completed):
                completed.IsCompleted = true;
                CloseIfDone(completed);
                break;
        }
    }

    /// <summary>
    /// Says that a call's open intents have been written again, from a position on: it is the youngest now.
    /// </summary>
    public void Renew(OpenCall call, long firstPosition)
    {
        call.FirstPosition = firstPosition;
        _byAge.Remove(call.Place);
        _byAge.AddLast(call.Place);
    }

    /// <summary>Forgets a call.</summary>
    public void Close(OpenCall call)
    {
        for (var i = 0; i < call.Records.Count; i++)
        {
            _byIntent.Remove(call.Records[i].EventId);
        }

        _byRequest.Remove(call.RequestId);
        _byAge.Remove(call.Place);
        if (_pool.Count < MostPooled)
        {
            _pool.Push(call);
        }
    }

    private OpenCall FindOrOpen(Guid requestId, long position)
    {
        if (_byRequest.TryGetValue(requestId, out var known))
        {
            return known;
        }

        var call = _pool.TryPop(out var pooled) ? pooled : new OpenCall();
        call.Begin(requestId, position);
        _byRequest.Add(requestId, call);
        _byAge.AddLast(call.Place);
        return call;
    }

    private void CloseIfDone(OpenCall call)
    {
        if (call.IsCompleted && call.OpenIntents == 0)
        {
            Close(call);
        }
    }
}
