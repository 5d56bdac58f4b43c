using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What a lane needs now and then: cursors and a checkpoint on disk, old files deleted, and the intents of calls that
/// outlive their file written again in the newest one, so that one long stream does not keep everything that came after
/// it.
/// </summary>
internal sealed partial class LaneUpkeep
{
    /// <summary>The checkpoint's file: where the oldest open call begins.</summary>
    public const string CheckpointName = "calls";

    private readonly SpoolLane _lane;
    private readonly SpoolOptions _options;
    private readonly long _maxBytes;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SpoolCursor _checkpoint;
    private (long OldestCall, long Appended)? _mark;

    /// <param name="lane">The lane.</param>
    /// <param name="directory">Where it lives.</param>
    /// <param name="options">How long files stay.</param>
    /// <param name="maxBytes">How many bytes may stay.</param>
    /// <param name="clock">Tells the age of files.</param>
    /// <param name="logger">Hears of calls that were never ended.</param>
    public LaneUpkeep(
        SpoolLane lane, string directory, SpoolOptions options, long maxBytes, TimeProvider clock, ILogger logger)
    {
        (_lane, _options, _maxBytes, _clock, _logger) = (lane, options, maxBytes, clock, logger);
        _checkpoint = new SpoolCursor(directory, CheckpointName);
    }

    /// <summary>Does what is due.</summary>
    public void Run()
    {
        foreach (var consumer in _lane.Consumers)
        {
            consumer.Keep();
        }

        KeepCheckpoint();
        DeleteWhatNobodyNeeds();
    }

    /// <summary>Keeps cursors and checkpoint for the last time, once the lane has been flushed to its end.</summary>
    public void Finish()
    {
        _mark = null;
        KeepCheckpoint();
        Run();
    }

    // The checkpoint says which calls have ended. It may only say so once the records that ended them are on the
    // device: otherwise a power cut could take those and leave the checkpoint, and the calls would be forgotten.
    private void KeepCheckpoint()
    {
        if (_mark is { } mark && _lane.Durable >= mark.Appended)
        {
            _checkpoint.State = new SpoolCursorState(mark.OldestCall);
            _checkpoint.Keep();
            _mark = null;
        }

        if (_mark is null)
        {
            lock (_lane.Gate)
            {
                _mark = (_lane.Calls.Oldest?.FirstPosition ?? _lane.Appended, _lane.Appended);
            }
        }
    }

    private void DeleteWhatNobodyNeeds()
    {
        while (_lane.Segments is [var oldest, var next, ..])
        {
            var mayGo = _lane.Bytes > _maxBytes || _clock.GetUtcNow() - oldest.LastAppendAt >= _options.ReplayWindow;
            if (!mayGo || _lane.Consumers.Any(consumer => consumer.KeptPosition < next.Start))
            {
                return;
            }

            if (_checkpoint.KeptPosition < next.Start)
            {
                CarryForward(next.Start);
                return;
            }

            _lane.DeleteOldest();
        }
    }

    private void CarryForward(long limit)
    {
        while (true)
        {
            lock (_lane.Gate)
            {
                if (_lane.Calls.Oldest is not { } call || call.FirstPosition >= limit)
                {
                    return;
                }

                CarryForward(call);
            }
        }
    }

    private void CarryForward(OpenCall call)
    {
        if (call.OpenIntents == 0)
        {
            // All it cost is billed; nobody has said how it ended, and by now nobody will.
            LogNeverCompleted(call.RequestId);
            _lane.Calls.Close(call);
            return;
        }

        var first = long.MaxValue;
        Span<byte> progress = stackalloc byte[SpoolFrame.ProgressLength];
        foreach (var record in call.Records.Where(record => record.IsIntent).ToArray())
        {
            var copy = new byte[record.Length];
            _lane.Read(copy, record.Position);
            SpoolFrame.Prepare(copy, SpoolRecordType.Intent, 0, record.EventId, call.RequestId);
            first = Math.Min(first, _lane.Append(copy) - copy.Length);
            if (record.OutputTokens > 0)
            {
                SpoolFrame.PrepareProgress(progress, record.EventId, call.RequestId, record.ProgressAt);
                _lane.Append(progress, record.OutputTokens, record.ProgressAt);
            }
        }

        _lane.Calls.Renew(call, first);
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Request {RequestId} was settled and never completed; a crash would not report it any more.")]
    private partial void LogNeverCompleted(Guid requestId);
}
