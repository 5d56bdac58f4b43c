namespace LlmPlatform.Edge.Settlement;

/// <summary>A request that has begun to cost something, and whose end is not written down yet.</summary>
internal sealed class OpenCall
{
    private readonly List<OpenRecord> _records = new(2);

    public OpenCall() => Place = new LinkedListNode<OpenCall>(this);

    /// <summary>The request.</summary>
    public Guid RequestId { get; private set; }

    /// <summary>Where its first record is.</summary>
    public long FirstPosition { get; set; }

    /// <summary>True once its completion is written.</summary>
    public bool IsCompleted { get; set; }

    /// <summary>True once a usage record said that it ends the request.</summary>
    public bool HasEndingUsage { get; set; }

    /// <summary>Intents without usage.</summary>
    public int OpenIntents { get; private set; }

    /// <summary>Its intents without usage, and the usage there is.</summary>
    public IReadOnlyList<OpenRecord> Records => _records;

    /// <summary>Its place in the order of opening.</summary>
    public LinkedListNode<OpenCall> Place { get; }

    /// <summary>Begins a call, or one more with an object that has served.</summary>
    public void Begin(Guid requestId, long position)
    {
        _records.Clear();
        RequestId = requestId;
        FirstPosition = position;
        IsCompleted = HasEndingUsage = false;
        OpenIntents = 0;
    }

    /// <summary>Adds a record, in place of an earlier one of the same event.</summary>
    public void Put(OpenRecord record)
    {
        var index = IndexOf(record.EventId);
        if (index < 0)
        {
            _records.Add(record);
            OpenIntents += record.IsIntent ? 1 : 0;
            return;
        }

        OpenIntents += (record.IsIntent ? 1 : 0) - (_records[index].IsIntent ? 1 : 0);
        _records[index] = record;
    }

    /// <summary>Notes that an intent came to nothing; its record still tells who called.</summary>
    public void Void(Guid eventId)
    {
        var index = IndexOf(eventId);
        if (index >= 0 && _records[index].IsIntent)
        {
            _records[index] = _records[index] with { IsIntent = false, IsVoid = true };
            OpenIntents--;
        }
    }

    /// <summary>Notes how much of an intent's answer has streamed.</summary>
    public void Note(Guid eventId, long outputTokens, long unixMilliseconds)
    {
        var index = IndexOf(eventId);
        if (index >= 0 && _records[index].IsIntent)
        {
            _records[index] = _records[index] with { OutputTokens = outputTokens, ProgressAt = unixMilliseconds };
        }
    }

    private int IndexOf(Guid eventId)
    {
        for (var index = 0; index < _records.Count; index++)
        {
            if (_records[index].EventId == eventId)
            {
                return index;
            }
        }

        return -1;
    }
}
