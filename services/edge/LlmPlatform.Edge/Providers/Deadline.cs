namespace LlmPlatform.Edge.Providers;

/// <summary>
/// A deadline that moves with every read of a stream. Moving it away costs a look at the clock: the timer is left to
/// fire when it was told to, and then told anew. Only what comes nearer sets it. Thread-safe.
/// </summary>
internal sealed class Deadline : IDisposable
{
    // What a timer holds at most.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly CancellationTokenSource _source = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _dueAt = long.MaxValue;
    private long _firesAt = long.MaxValue;
    private bool _isDisposed;

    public Deadline(TimeProvider clock)
    {
        _clock = clock;
        using (ExecutionContext.SuppressFlow())
        {
            _timer = clock.CreateTimer(
                static deadline => ((Deadline)deadline!).OnTimer(),
                this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Cancelled when the deadline has passed, or at once by <see cref="Cut"/>.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Moves it. Nothing happens any more after the disposal.</summary>
    /// <param name="wait">From now on; none or less: at once.</param>
    public void Set(TimeSpan wait)
    {
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
        var due = _clock.GetTimestamp() + (long)(wait.TotalSeconds * _clock.TimestampFrequency);
        lock (_source)
        {
            _dueAt = due;
            if (due < _firesAt && !_isDisposed)
            {
                _firesAt = due;
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Cancels now.</summary>
    public void Cut() => _source.Cancel();

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_source)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
        _source.Dispose();
    }

    private void OnTimer()
    {
        lock (_source)
        {
            if (_isDisposed)
            {
                return;
            }

            var left = _clock.GetElapsedTime(_clock.GetTimestamp(), _dueAt);
            if (left > TimeSpan.Zero)
            {
                // A timer may be early by part of a millisecond, and waits whole ones.
                _firesAt = _dueAt;
                _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended in this very moment: there is nothing left to cut.
        }
    }
}
