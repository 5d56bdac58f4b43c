namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// One live connection: many callers append commands under a short lock, one flusher sends whatever has gathered, one
/// reader hands out the replies in order. It lives until it breaks once; the lane then opens another.
/// </summary>
internal sealed class RedisConnection : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int KeepBytesMax = 262_144;
    private const int ScriptsMax = 64;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(10);

    // A sweep that comes so late says that this process stood still.
    private static readonly TimeSpan Standstill = TimeSpan.FromMilliseconds(30);

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly RedisMetrics _metrics;
    private readonly PendingReplies _pending;
    private readonly RespReader _replies;
    private readonly ITimer _sweep;
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _stallTicks;
    private readonly long _gatherTicks;

    private volatile RedisScript[] _scripts = [];
    private RespBuffer _gathering = new(KeepBytesMax / 4);
    private RespBuffer _sending = new(KeepBytesMax / 4);
    private Exception? _cause;
    private bool _flushing;
    private long _handedOver;
    private long _lastFlush;
    private int _sweepingFast;
    private long _lastProgress;
    private long _heardAt;
    private long _lastSweep;
    private bool _hasWaitedMore;
    private int _readingThread;

    internal RedisConnection(Stream stream, RedisOptions options, TimeProvider time, RedisMetrics metrics)
    {
        _stream = stream;
        _options = options;
        _time = time;
        _metrics = metrics;
        _pending = new PendingReplies(options.PendingCommandsMax);
        _replies = new RespReader(options.ReplyBytesMax);
        _stallTicks = TicksOf(options.StallTimeout);
        _gatherTicks = options.InlineCompletions ? TicksOf(options.GatherTime) : 0;
        _lastProgress = time.GetTimestamp();
        _sweep = time.CreateTimer(
            static connection => ((RedisConnection)connection!).Sweep(),
            this, options.KeepAliveInterval, options.KeepAliveInterval);
    }

    /// <summary>Completes, with the cause, when the connection has broken and all its callers have been told.</summary>
    internal Task<Exception> Broken => _broken.Task;

    internal int PendingCount => _pending.Count;

    /// <summary>When the last bytes came from the server.</summary>
    internal long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Whether the server has answered this script: it has it, until someone takes it away.</summary>
    internal bool Knows(RedisScript script)
    {
        foreach (var known in _scripts)
            if (ReferenceEquals(known, script))
                return true;
        return false;
    }

    private void Learn(RedisScript script)
    {
        lock (_gate)
            if (!Knows(script) && _scripts.Length < ScriptsMax)
                _scripts = [.. _scripts, script];
    }

    /// <summary>Reads replies until the connection breaks. Called once.</summary>
    internal async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var received = await _stream.ReadAsync(_replies.Free()).ConfigureAwait(false);
                if (received == 0)
                    throw new EndOfStreamException("The server closed the connection.");
                var now = _time.GetTimestamp();
                Volatile.Write(ref _lastProgress, now);
                Volatile.Write(ref _heardAt, now);
                _replies.Advance(received);
                HandOut();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or RedisProtocolException)
        {
            Break(exception);
        }
        finally
        {
            Break(new EndOfStreamException("The reader stopped."));
            AbandonAll();
            await _stream.DisposeAsync().ConfigureAwait(false);
            await _sweep.DisposeAsync().ConfigureAwait(false);
            _broken.SetResult(_cause!);
        }
    }

    /// <summary>Appends a command. A zero or negative timeout fails at once.</summary>
    internal ValueTask<RedisReply> Send(
        in RedisRequest request, TimeSpan timeout, bool throwsErrors, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<RedisReply>(cancellationToken);
        if (timeout <= TimeSpan.Zero)
            return Refuse(RedisUnavailableReason.TimedOut, "No time was left to ask Redis.");

        var now = _time.GetTimestamp();
        var pending = PendingReply.Rent(now + TicksOf(timeout), throwsErrors, request.Taught, cancellationToken);
        var task = pending.Task;
        bool wasIdle, flush;
        lock (_gate)
        {
            if (Refusal(request.LengthMax) is { } refusal)
            {
                pending.Discard();
                return Refuse(refusal.Reason, refusal.Message);
            }
            wasIdle = _pending.Count == 0;
            if (wasIdle)
                Volatile.Write(ref _lastProgress, now);
            request.WriteTo(_gathering);
            _pending.Add(pending);
            flush = !_flushing && _readingThread != Environment.CurrentManagedThreadId && !Gathers(now);
            _flushing |= flush;
        }

        if (Volatile.Read(ref _sweepingFast) == 0)
            SweepFast();
        if (flush)
            StartFlush(here: wasIdle || _options.InlineCompletions);
        return task;
    }

    /// <summary>Ends the connection; callers are told by the reader as it stops.</summary>
    internal void Break(Exception cause)
    {
        lock (_gate)
        {
            if (_cause is not null)
                return;
            _cause = cause;
        }
        // Aborts the read and any write under way.
        _stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Break(new ObjectDisposedException(nameof(RedisClient)));
        await Broken.ConfigureAwait(false);
    }

    void IThreadPoolWorkItem.Execute() => _ = FlushAsync(once: false);

    // The server does one thing after the other: what it is sent while it is at work would wait there. Here it may
    // leave with others in one write, when the next reply comes, or when a command comes after the time for it.
    private bool Gathers(long now) => _handedOver > _pending.Taken && now - _lastFlush < _gatherTicks;

    // A continuation that runs inline may send the next command: those of one batch of replies leave together. What has
    // gathered leaves first, so that the server has something to do meanwhile.
    private void HandOut()
    {
        if (_options.InlineCompletions)
            FlushGathered();
        _readingThread = Environment.CurrentManagedThreadId;
        try
        {
            while (_replies.TryRead(out var reply))
            {
                if (!_pending.TryTake(out var pending))
                    throw new RedisProtocolException("The server sent a reply to no command.");
                if (reply.Kind == RedisReplyKind.Error && !reply.IsMissingScript)
                    _metrics.Refused();
                if (pending.Taught is { } script)
                    Learn(script);
                pending.Complete(reply, _options.InlineCompletions);
            }
        }
        finally
        {
            _readingThread = 0;
        }
        if (_options.InlineCompletions)
            FlushGathered();
    }

    private void FlushGathered()
    {
        lock (_gate)
        {
            if (_flushing || _gathering.Length == 0)
                return;
            _flushing = true;
        }
        StartFlush(here: true);
    }

    private (RedisUnavailableReason Reason, string Message)? Refusal(long length)
    {
        if (_cause is not null)
            return (RedisUnavailableReason.NotConnected, "The connection to Redis is lost.");
        if (_pending.IsFull)
            return (RedisUnavailableReason.Overloaded, "Too many commands wait for Redis.");
        if (_gathering.Length + length > _options.UnsentBytesMax)
            return (RedisUnavailableReason.Overloaded, "Too many bytes wait to be sent to Redis.");
        return null;
    }

    private ValueTask<RedisReply> Refuse(RedisUnavailableReason reason, string message)
    {
        _metrics.Failed(reason);
        return ValueTask.FromException<RedisReply>(new RedisUnavailableException(reason, sent: false, message));
    }

    // With nothing in flight there is nobody to share a write with, and the caller saves a hop by writing itself. With
    // others in flight, the hop lets their commands gather into one write; but where nobody else hops, it costs more
    // than the write.
    private void StartFlush(bool here)
    {
        if (here)
            _ = FlushAsync(once: true);
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task FlushAsync(bool once)
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_gathering.Length == 0 || _cause is not null)
                    {
                        _flushing = false;
                        return;
                    }
                    (_gathering, _sending) = (_sending, _gathering);
                    _handedOver = _pending.Added;
                    _lastFlush = _time.GetTimestamp();
                }
                await _stream.WriteAsync(_sending.WrittenMemory).ConfigureAwait(false);
                _sending.Clear(KeepBytesMax);

                // A caller that writes its own command does not go on to write everyone's.
                if (once && !_options.InlineCompletions)
                {
                    PassOn();
                    return;
                }
            }
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Break(exception);
        }
    }

    private void PassOn()
    {
        lock (_gate)
        {
            if (_gathering.Length == 0)
            {
                _flushing = false;
                return;
            }
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // One timer serves all deadlines: every 10 ms while anything is in flight, and the keep-alive when nothing is.
    private void Sweep()
    {
        if (Volatile.Read(ref _sweepingFast) == 0)
        {
            if (_pending.Count == 0)
                KeepAlive();
            return;
        }

        var now = _time.GetTimestamp();
        if (HasStoodStill(now))
            return;
        _metrics.Failed(RedisUnavailableReason.TimedOut, _pending.FailLate(now));
        if (_pending.Count > 0)
        {
            FlushGathered();
            if (now - Volatile.Read(ref _lastProgress) > _stallTicks)
                Break(new TimeoutException("The server has not sent a byte for too long."));
            return;
        }

        _sweep.Change(_options.KeepAliveInterval, _options.KeepAliveInterval);
        Volatile.Write(ref _sweepingFast, 0);
        Interlocked.MemoryBarrier();
        if (_pending.Count > 0)
            SweepFast();
    }

    // After a pause of this process the answers may be here, and nobody has read them yet: they get one turn more.
    private bool HasStoodStill(long now)
    {
        var pause = _time.GetElapsedTime(_lastSweep, now);
        _lastSweep = now;
        return _hasWaitedMore = pause > Standstill && !_hasWaitedMore;
    }

    private void SweepFast()
    {
        if (Interlocked.Exchange(ref _sweepingFast, 1) != 0)
            return;
        _lastSweep = _time.GetTimestamp();
        _sweep.Change(SweepInterval, SweepInterval);
    }

    // A dead peer does not answer, and the sweep then finds the connection stalled.
    private void KeepAlive()
    {
        var ping = Send(
            new RedisRequest("$4\r\nPING\r\n"u8, 1, default, 0), _options.CommandTimeout, throwsErrors: false, default);
        _ = IgnoreAsync(ping);

        static async Task IgnoreAsync(ValueTask<RedisReply> ping)
        {
            try
            {
                await ping.ConfigureAwait(false);
            }
            catch (RedisUnavailableException)
            {
                // Whoever sends the next command, or the sweep, meets the same fault.
            }
        }
    }

    private void AbandonAll()
    {
        long handedOver;
        lock (_gate)
            handedOver = _handedOver;
        while (true)
        {
            var sent = _pending.Taken < handedOver;
            if (!_pending.TryTake(out var pending))
                return;
            var message = sent
                ? "The connection to Redis broke; the outcome is unknown."
                : "The connection to Redis broke before the command was sent.";
            if (pending.Abandon(new RedisUnavailableException(
                RedisUnavailableReason.ConnectionLost, sent, message, _cause)))
                _metrics.Failed(RedisUnavailableReason.ConnectionLost);
        }
    }

    private long TicksOf(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}
