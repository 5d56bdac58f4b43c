using LlmPlatform.Quota;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// One log on disk: segments, the sequences they count, the consumers' cursors. Appending is a write to the page cache
/// under a short lock; what is in the page cache outlives the process. Consumers see a record once it is on the device,
/// so that nothing is published or settled that a power cut could take back, and no sequence is ever used twice.
/// </summary>
internal sealed partial class SpoolLane : IDisposable
{
    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly LaneFlusher _flusher;
    private readonly SpoolCursor[] _consumers;
    private volatile SpoolSegment[] _segments;
    private volatile bool _hasFailed;
    private long _appended;
    private long _nextUsage;
    private long _nextCompletion;
    private long _damagedBytes;

    private SpoolLane(
        string directory, SpoolOptions options, LaneContents found, SpoolCursor[] consumers, LaneSetting setting)
    {
        (_directory, _segmentBytes, _consumers) = (directory, options.SegmentBytes, consumers);
        (_clock, _logger) = (setting.Clock, setting.Logger);
        Calls = found.Calls;
        var file = SpoolIdentity.Read(directory);
        Identity = SpoolIdentity.Continue(file, found.Identity);
        var isNewEpoch = Identity != found.Identity;
        _nextUsage = isNewEpoch ? 1 : found.NextUsageSequence;
        _nextCompletion = isNewEpoch ? 1 : found.NextCompletionSequence;
        _damagedBytes = found.DamagedBytes;

        // A cursor beyond the last record says that records were lost which had been taken: their place and their
        // numbers stay empty, and the gap is seen, rather than given away again.
        var end = Math.Max(found.End, consumers.Max(consumer => consumer.State.Position));
        foreach (var state in consumers.Select(one => one.State).Where(one => one.Epoch == Identity.Epoch))
        {
            _nextUsage = Math.Max(_nextUsage, state.NextUsageSequence);
            _nextCompletion = Math.Max(_nextCompletion, state.NextCompletionSequence);
        }

        _segments = [.. found.Segments];
        var identity = Identity;
        foreach (var segment in _segments)
        {
            identity = segment.Identity ?? identity;
            segment.Assume(identity);
        }

        if (_segments is [.., var last] && !isNewEpoch && end == found.End)
        {
            last.OpenForAppend(end);
        }
        else
        {
            _segments = [.. _segments, SpoolSegment.Create(directory, end, Identity, _nextUsage, _nextCompletion)];
            _segments[^1].LastAppendAt = _clock.GetUtcNow();
            _segments[^1].Flush();
            DurableFile.FlushDirectory(directory);
        }

        if (Identity != file)
        {
            Identity.Write(directory);
        }

        _appended = _segments[^1].End;
        RecentUsage = new RecentUsage(setting.MaxRecentUsage, _appended);
        _flusher = new LaneFlusher(
            _appended, () => Appended, Flush, setting.FlushInterval, _clock, _logger);
    }

    /// <summary>Whose sequences are given out.</summary>
    public SpoolIdentity Identity { get; }

    /// <summary>
    /// The calls whose end is not written down; to be touched under <see cref="Gate"/> once the lane is in use.
    /// </summary>
    public OpenCalls Calls { get; }

    /// <summary>What the youngest usage records have to settle.</summary>
    public RecentUsage RecentUsage { get; }

    /// <summary>What appends hold.</summary>
    public Lock Gate => _gate;

    /// <summary>The files, the oldest first; the last one is appended to.</summary>
    public IReadOnlyList<SpoolSegment> Segments => _segments;

    /// <summary>Where consumers are.</summary>
    public IReadOnlyList<SpoolCursor> Consumers => _consumers;

    /// <summary>After the last record.</summary>
    public long Appended => Volatile.Read(ref _appended);

    /// <summary>Everything before it is on the device, and consumers may see it.</summary>
    public long Durable => _flusher.Durable;

    /// <summary>Bytes that some consumer has not taken yet.</summary>
    public long BytesWanted
    {
        get
        {
            // Asked by every request: no enumerator, no delegate.
            var slowest = long.MaxValue;
            foreach (var consumer in _consumers)
            {
                slowest = Math.Min(slowest, consumer.State.Position);
            }

            return Appended - slowest;
        }
    }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => _segments is [var oldest, ..] ? Appended - oldest.Start : 0;

    /// <summary>The sequence of the next usage record.</summary>
    public long NextUsageSequence => Volatile.Read(ref _nextUsage);

    /// <summary>The sequence of the next completion.</summary>
    public long NextCompletionSequence => Volatile.Read(ref _nextCompletion);

    /// <summary>Damaged bytes met since the lane was opened, by whichever reader.</summary>
    public long DamagedBytes => Volatile.Read(ref _damagedBytes);

    /// <summary>True while the disk refuses writes, fails to flush or hangs.</summary>
    public bool IsFailing => _hasFailed || _flusher.IsFailing;

    /// <summary>Opens a directory, or begins one.</summary>
    /// <param name="directory">Where the lane lives.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="setting">What differs between lanes.</param>
    public static SpoolLane Open(string directory, SpoolOptions options, LaneSetting setting)
    {
        Directory.CreateDirectory(directory);
        var checkpoint = new SpoolCursor(directory, LaneUpkeep.CheckpointName).State.Position;
        var found = LaneContents.Read(directory, checkpoint);
        var consumers = setting.Consumers.Select(name => new SpoolCursor(directory, name)).ToArray();
        var lane = new SpoolLane(directory, options, found, consumers, setting);
        if (found.TornBytes > 0)
        {
            lane.LogTornTail(directory, found.TornBytes);
        }

        if (found.DamagedBytes > 0)
        {
            lane.LogDamage(directory, found.DamagedBytes);
        }

        return lane;
    }

    /// <summary>Appends a prepared record and asks for a flush.</summary>
    /// <param name="record">See <see cref="SpoolFrame.Prepare"/>.</param>
    /// <param name="number">The number of a record that the lane does not number.</param>
    /// <param name="progressAt">Of progress: its time in Unix milliseconds.</param>
    /// <param name="settles">Of usage: what it settles, where that need not be read back.</param>
    /// <returns>The position to wait for.</returns>
    /// <exception cref="IOException">The disk refused it; no number was used.</exception>
    public long Append(Span<byte> record, long number = 0, long progressAt = 0, UsageSettlement? settles = null)
    {
        long end;
        try
        {
            lock (_gate)
            {
                end = AppendNeedsGate(record, number, progressAt, settles);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                LogAppendFailed(failure, _directory);
            }

            _hasFailed = true;
            throw failure as IOException ?? new IOException(failure.Message, failure);
        }

        _flusher.Request();
        return end;
    }

    /// <summary>Reads back a whole record.</summary>
    public void Read(Span<byte> record, long position) =>
        _segments.Last(segment => segment.Start <= position).Read(record, position);

    /// <summary>Completes when a position is on the device, or when the device has hung for too long.</summary>
    public ValueTask FlushedAsync(long position) => _flusher.WaitAsync(position);

    /// <summary>Lets callers go who wait for a device that fails or hangs.</summary>
    /// <returns>How many flushes they waited for.</returns>
    public int ReleaseOverdue(TimeSpan patience) => _flusher.ReleaseOverdue(patience);

    /// <summary>Completes when there is more to read than lies before a position.</summary>
    public async ValueTask WaitForMoreAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            var advanced = _flusher.Advanced;
            if (Durable > position)
            {
                return;
            }

            await advanced.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// After an append has failed: trusts the disk again once it has taken a file of the size of a few records.
    /// </summary>
    /// <exception cref="IOException">It still refuses.</exception>
    public void Probe()
    {
        if (_hasFailed)
        {
            var path = Path.Combine(_directory, "spool.probe");
            DurableFile.Replace(path, new byte[64 * 1024]);
            File.Delete(path);
            _hasFailed = false;
        }
    }

    /// <summary>Flushes what is left; nothing may be appended afterwards.</summary>
    public void Stop() => _flusher.Dispose();

    /// <summary>Takes note of damage that a reader stepped over.</summary>
    public void ReportDamage(string path, long bytes)
    {
        Interlocked.Add(ref _damagedBytes, bytes);
        LogDamage(path, bytes);
    }

    /// <summary>Deletes the oldest file. Only upkeep knows when.</summary>
    public void DeleteOldest()
    {
        SpoolSegment oldest;
        lock (_gate)
        {
            oldest = _segments[0];
            _segments = _segments[1..];
        }

        oldest.Dispose();
        File.Delete(oldest.Path);
    }

    /// <summary>Closes the files, after <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        _flusher.Dispose();
        foreach (var segment in _segments)
        {
            segment.Dispose();
        }
    }

    private long AppendNeedsGate(Span<byte> record, long number, long progressAt, UsageSettlement? settles)
    {
        var active = _segments[^1];
        if (active.End - active.Start + record.Length > _segmentBytes
            && active.End > active.Start + SpoolSegment.HeaderLength)
        {
            active = SpoolSegment.Create(_directory, active.End, Identity, _nextUsage, _nextCompletion);
            _segments = [.. _segments, active];
        }

        var type = SpoolFrame.Trusted(record).Type;
        var position = active.End;
        SpoolFrame.Seal(record, type switch
        {
            SpoolRecordType.Usage => _nextUsage,
            SpoolRecordType.Completion => _nextCompletion,
            _ => number,
        });
        active.Append(record);
        active.LastAppendAt = _clock.GetUtcNow();
        if (type == SpoolRecordType.Usage)
        {
            var sequence = _nextUsage++;
            var origin = new UsageOrigin(active.Identity!.EdgeId, active.Identity.Epoch, sequence);
            RecentUsage.Add(active.End, sequence, settles is { } usage ? usage with { Origin = origin } : null);
        }
        else if (type == SpoolRecordType.Completion)
        {
            _nextCompletion++;
        }

        Calls.Apply(SpoolFrame.Trusted(record), position, progressAt);
        Volatile.Write(ref _appended, active.End);
        return active.End;
    }

    private void Flush(long from, bool hasFailed)
    {
        var hasNewFile = false;
        foreach (var segment in _segments.Where(segment => segment.End > from))
        {
            if (hasFailed)
            {
                segment.Rewrite(Math.Max(segment.Start, from), segment.End);
            }

            segment.Flush();
            hasNewFile |= segment.Start >= from;
        }

        if (hasNewFile)
        {
            DurableFile.FlushDirectory(_directory);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The spool {Directory} ended in {Bytes} bytes of a record that a crash cut short; they are gone.")]
    private partial void LogTornTail(string directory, long bytes);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Bytes} bytes of the spool {Path} are damaged. The records around them are read; those in them are "
            + "lost, and their sequences will be missing.")]
    private partial void LogDamage(string path, long bytes);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The spool {Directory} cannot be written; new billable calls are refused until it can.")]
    private partial void LogAppendFailed(Exception failure, string directory);
}
