using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Group commit: one thread brings a lane to the device, and everyone who appended before it began shares that flush.
/// It runs on a thread of its own because a flush blocks for as long as the device likes.
/// </summary>
internal sealed partial class LaneFlusher : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly Action<long, bool> _flush;
    private readonly Func<long> _appended;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _work = new(false);
    private readonly ManualResetEvent _stop = new(false);
    private readonly Lock _gate = new();
    private readonly List<Waiters> _flushing = [];
    private readonly Thread _thread;
    private Waiters? _next;
    private TaskCompletionSource _advanced = NewSignal();
    private long _durable;
    private int _isRequested;
    private volatile bool _isFailing;
    private volatile bool _isHanging;

    /// <param name="durable">What is on the device already.</param>
    /// <param name="appended">Where the lane ends now.</param>
    /// <param name="flush">
    /// Brings everything from a position on to the device; first writes it again when the flag says that a flush has
    /// failed.
    /// </param>
    /// <param name="interval">The least time from the begin of one flush to that of the next.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="logger">Hears of failures.</param>
    public LaneFlusher(
        long durable,
        Func<long> appended,
        Action<long, bool> flush,
        TimeSpan interval,
        TimeProvider clock,
        ILogger logger)
    {
        _durable = durable;
        _appended = appended;
        _flush = flush;
        _interval = interval;
        _clock = clock;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "spool flush" };
        _thread.Start();
    }

    /// <summary>Everything before it is on the device.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>True while the device fails, or has hung longer than anyone may wait.</summary>
    public bool IsFailing => _isFailing || _isHanging;

    /// <summary>Completes when <see cref="Durable"/> next moves. Take it before looking.</summary>
    public Task Advanced => Volatile.Read(ref _advanced).Task;

    /// <summary>Asks for a flush and does not wait for it.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref _isRequested, 1) == 0)
        {
            _work.Set();
        }
    }

    /// <summary>Completes when a position that has been appended is on the device.</summary>
    public ValueTask WaitAsync(long position)
    {
        if (Durable >= position)
        {
            return ValueTask.CompletedTask;
        }

        Waiters waiters;
        lock (_gate)
        {
            // Whoever joins has appended; the flush takes these waiters first and asks where the lane ends after that.
            waiters = _next ??= new Waiters(_clock.GetTimestamp());
        }

        Request();
        return new ValueTask(waiters.Done.Task);
    }

    /// <summary>Lets those go who have waited too long for a device that fails or hangs.</summary>
    /// <returns>How many flushes are overdue.</returns>
    public int ReleaseOverdue(TimeSpan patience)
    {
        lock (_gate)
        {
            var released = _flushing.Count(waiters => Release(waiters, patience));
            released += _next is { } next && Release(next, patience) ? 1 : 0;
            _isHanging |= released > 0;
            return released;
        }
    }

    /// <summary>Flushes what is left and ends the thread.</summary>
    public void Dispose()
    {
        if (_stop.SafeWaitHandle.IsClosed)
        {
            return;
        }

        _stop.Set();
        _thread.Join();
        _work.Dispose();
        _stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool Release(Waiters waiters, TimeSpan patience) =>
        _clock.GetElapsedTime(waiters.Since) >= patience && waiters.Done.TrySetResult();

    private void Run()
    {
        WaitHandle[] either = [_stop, _work];
        var began = 0L;
        while (WaitHandle.WaitAny(either) != 0)
        {
            var pause = began == 0 ? TimeSpan.Zero : _interval - _clock.GetElapsedTime(began);
            if (pause > TimeSpan.Zero)
            {
                // Whole milliseconds are what a wait can measure.
                _stop.WaitOne((int)Math.Ceiling(pause.TotalMilliseconds));
            }

            began = _clock.GetTimestamp();
            Interlocked.Exchange(ref _isRequested, 0);
            if (!TryFlush() && !_stop.WaitOne(RetryAfter))
            {
                Request();
            }
        }

        TryFlush();
    }

    private bool TryFlush()
    {
        lock (_gate)
        {
            if (_next is { } joined)
            {
                _flushing.Add(joined);
                _next = null;
            }
        }

        var target = _appended();
        try
        {
            if (target > _durable)
            {
                _flush(_durable, _isFailing);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing)
            {
                LogFlushFailed(failure);
            }

            _isFailing = true;
            return false;
        }

        Succeed(target);
        return true;
    }

    private void Succeed(long target)
    {
        var hasMoved = target > _durable;
        Volatile.Write(ref _durable, target);
        _isFailing = _isHanging = false;
        lock (_gate)
        {
            foreach (var waiters in _flushing)
            {
                waiters.Done.TrySetResult();
            }

            _flushing.Clear();
        }

        if (hasMoved)
        {
            Interlocked.Exchange(ref _advanced, NewSignal()).SetResult();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The spool cannot be flushed to its device; new billable calls are refused until it can.")]
    private partial void LogFlushFailed(Exception failure);

    private sealed class Waiters(long since)
    {
        public long Since { get; } = since;

        public TaskCompletionSource Done { get; } = NewSignal();
    }
}
