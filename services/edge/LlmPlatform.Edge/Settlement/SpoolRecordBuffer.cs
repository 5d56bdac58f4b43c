using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Where a thread lays out a record before it is appended. One a thread, used again and again: nothing between laying
/// out and appending awaits, so that no two records ever need it at once. A record is prepared and not yet sealed, and
/// valid until the thread lays out another.
/// </summary>
internal sealed class SpoolRecordBuffer
{
    [ThreadStatic]
    private static SpoolRecordBuffer? _ofThisThread;

    private readonly RecordJson _json = new();

    private SpoolRecordBuffer()
    {
    }

    /// <summary>The buffer of the calling thread.</summary>
    public static SpoolRecordBuffer OfThisThread => _ofThisThread ??= new SpoolRecordBuffer();

    /// <summary>The record of an intent.</summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOut(CallIntent intent)
    {
        _json.Restart(SpoolFrame.HeaderLength);
        EventJson.Write(_json, intent);
        return Prepared(SpoolRecordType.Intent, 0, intent.Estimate.EventId, intent.Estimate.RequestId);
    }

    /// <summary>The same of an attempt that is open, from the call itself.</summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOutIntent(GatewayCall call, OpenAttempt open, in AttemptFigures figures)
    {
        _json.Restart(SpoolFrame.HeaderLength);
        EventJson.WriteIntent(_json, call, open, in figures);
        return Prepared(SpoolRecordType.Intent, 0, open.EventId, call.RequestId);
    }

    /// <summary>The record of what an attempt consumed.</summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOut(UsageRecorded usage)
    {
        _json.Restart(SpoolFrame.HeaderLength);
        EventJson.Write(_json, usage);
        return PreparedUsage(usage.EventId, usage.RequestId, usage.EndsRequest);
    }

    /// <summary>The same of an attempt that is open, from the call itself.</summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOutUsage(GatewayCall call, OpenAttempt open, in AttemptFigures figures)
    {
        _json.Restart(SpoolFrame.HeaderLength);
        EventJson.WriteUsage(_json, call, open, in figures);
        return PreparedUsage(open.EventId, call.RequestId, figures.EndsRequest);
    }

    /// <summary>The record of how a request ended.</summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOut(RequestCompleted completed)
    {
        _json.Restart(SpoolFrame.HeaderLength);
        EventJson.Write(_json, completed);
        return Prepared(SpoolRecordType.Completion, 0, completed.EventId, completed.RequestId);
    }

    /// <summary>The same of a call that is over.</summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOutCompletion(GatewayCall call, TimeSpan duration)
    {
        var eventId = EventIdentity.Completion(call.RequestId);
        _json.Restart(SpoolFrame.HeaderLength);
        EventJson.WriteCompletion(_json, call, eventId, duration);
        return Prepared(SpoolRecordType.Completion, 0, eventId, call.RequestId);
    }

    private Span<byte> PreparedUsage(Guid eventId, Guid requestId, bool endsRequest) => Prepared(
        SpoolRecordType.Usage, endsRequest ? SpoolFrame.EndsRequestFlag : (byte)0, eventId, requestId);

    private Span<byte> Prepared(SpoolRecordType type, byte flags, Guid eventId, Guid requestId)
    {
        var record = _json.Written;
        if (record.Length > SpoolFrame.HeaderLength + SpoolFrame.MaxPayload)
        {
            throw new ArgumentException($"A record of {record.Length} bytes is too large for the spool.");
        }

        SpoolFrame.Prepare(record, type, flags, eventId, requestId);
        return record;
    }
}
