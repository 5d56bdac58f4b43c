using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using LlmPlatform.Edge.Providers;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// Drives one stream from a provider to its caller, event by event, as it arrives. Holds back nothing but the last
/// event, which leaves only when the usage is in the spool. A caller that went away is not written to; the provider is
/// read on.
/// </summary>
internal sealed class StreamRelay(
    UpstreamAttempt attempt, StreamPassage passage, PipeWriter output, int maxEventBytes, TimeProvider clock)
    : IDisposable
{
    // A stream that waits for its next token holds little; one whose reads come back full is read in larger pieces.
    private const int LeastReadBytes = 2 * 1024;
    private const int MostReadBytes = 16 * 1024;

    private const int Busy = 0;
    private const int Waiting = 1;
    private const int BeingKeptAlive = 2;

    private readonly PooledBuffer _pending = new(LeastReadBytes);
    private readonly PooledBuffer _written = new(LeastReadBytes);
    private int _state = Busy;
    private int _readBytes = LeastReadBytes;
    private long _lastWrittenAt;
    private bool _ended;
    private bool _isLast;
    private long _openedAt;
    private Task<(int Bytes, UpstreamError? Error)>? _reading;

    // What was written for the last event begins here.
    private int _heldFrom;

    /// <summary>True once the caller was found gone.</summary>
    public bool CallerGone { get; private set; }

    /// <summary>Bytes that left for the caller.</summary>
    public long BytesOut { get; private set; }

    /// <summary>What the stream said of itself so far.</summary>
    public StreamPassage Passage => passage;

    /// <summary>
    /// Reads until an event begins the answer. Until then nothing has been sent, and another provider may serve:
    /// comments that only keep the connection alive begin no answer, and an error in its place is a refusal.
    /// </summary>
    /// <param name="holdOpening">
    /// How long events that only open an answer, such as one that names its role, are kept back for what follows. A
    /// model that thinks longer has begun: its caller is to see that somebody is there.
    /// </param>
    public async ValueTask<UpstreamError?> ReadFirstAsync(TimeSpan holdOpening)
    {
        while (true)
        {
            if (TakeUntilItBegins(out var error))
            {
                return error;
            }

            if (_ended)
            {
                return new UpstreamError(UpstreamStage.FirstByte, UpstreamCause.Protocol);
            }

            if (_openedAt != 0 && !await ComesWithinAsync(holdOpening - clock.GetElapsedTime(_openedAt)))
            {
                return null;
            }

            if (await FillAsync() is { } fault)
            {
                return fault.Stage == UpstreamStage.Body ? fault with { Stage = UpstreamStage.FirstByte } : fault;
            }
        }
    }

    /// <summary>Passes everything on. The last event leaves after <paramref name="observer"/> has settled.</summary>
    /// <param name="observer">Is told of progress, and writes the usage to the spool.</param>
    /// <param name="callerGone">Cancelled when the caller goes away.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamError?> RunAsync(IStreamObserver observer, CancellationToken callerGone)
    {
        var sawContent = false;
        while (true)
        {
            if (!TryTakeAll())
            {
                return new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol);
            }

            if (!sawContent && passage.ContentEvents > 0)
            {
                sawContent = true;
                observer.OnFirstContent();
            }

            observer.OnProgress();
            if (_isLast)
            {
                return await LeaveAsync(observer, callerGone);
            }

            await SendAsync(_written.Length, callerGone);
            if (_ended)
            {
                return new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol);
            }

            if (await FillAsync() is { } error)
            {
                return error;
            }
        }
    }

    /// <summary>Ends the caller's stream with an error of ours.</summary>
    public async ValueTask EndWithErrorAsync(GatewayError error, CancellationToken callerGone)
    {
        passage.EndWithError(error, _written);
        await SendAsync(_written.Length, callerGone);
    }

    /// <summary>
    /// Writes a comment when the provider has been silent for a while, so that nobody on the way takes the connection
    /// for dead. Called from another thread; does nothing while the relay itself writes.
    /// </summary>
    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="silenceTicks">For how long nothing must have been written, in timestamp units.</param>
    public async Task KeepAliveAsync(long now, long silenceTicks)
    {
        var last = Volatile.Read(ref _lastWrittenAt);
        if (last == 0 || now - last < silenceTicks
            || Interlocked.CompareExchange(ref _state, BeingKeptAlive, Waiting) != Waiting)
        {
            return;
        }

        try
        {
            Volatile.Write(ref _lastWrittenAt, now);
            output.Write(": keep-alive\n\n"u8);
            await output.FlushAsync(CancellationToken.None);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The caller is gone: the relay finds out with its next write.
        }
        finally
        {
            Volatile.Write(ref _state, Waiting);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // A read that is under way would write into what is another's by then.
        if (_reading is not { IsCompleted: false })
        {
            _pending.Dispose();
        }

        _written.Dispose();
        passage.Dispose();
    }

    // True when it is known whether the answer has begun: without an error, it has.
    private bool TakeUntilItBegins(out UpstreamError? error)
    {
        error = null;
        try
        {
            while (!_isLast && passage.Framing.TryRead(_pending.Span, _ended, out var streamEvent))
            {
                var begins = passage.Begins(in streamEvent, out var fault);
                if (fault is not null)
                {
                    error = new UpstreamError(UpstreamStage.Refused, UpstreamCause.ErrorEvent)
                    {
                        Fault = fault,
                        RetryAfter = fault.RetryAfter,
                    };
                    return true;
                }

                _openedAt = _openedAt == 0 && !streamEvent.Payload.IsEmpty ? clock.GetTimestamp() : _openedAt;
                Take(in streamEvent);
                if (begins)
                {
                    return true;
                }
            }
        }
        catch (InvalidDataException)
        {
            error = new UpstreamError(UpstreamStage.FirstByte, UpstreamCause.Protocol);
            return true;
        }

        return false;
    }

    private bool TryTakeAll()
    {
        try
        {
            while (!_isLast && passage.Framing.TryRead(_pending.Span, _ended, out var streamEvent))
            {
                Take(in streamEvent);
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        if (!_isLast && _ended)
        {
            _heldFrom = _written.Length;
            _isLast = passage.End(_written);
        }

        return true;
    }

    private void Take(in StreamEvent streamEvent)
    {
        var length = streamEvent.Whole.Length;
        _heldFrom = _written.Length;
        _isLast = passage.Take(in streamEvent, _written);
        _pending.Consume(length);
    }

    private async ValueTask<UpstreamError?> LeaveAsync(IStreamObserver observer, CancellationToken callerGone)
    {
        await SendAsync(_heldFrom, callerGone);
        await observer.SettleAsync();
        await SendAsync(_written.Length, callerGone);
        return null;
    }

    // Whether more comes in time. The read goes on either way, into memory that is not touched until it is over: all
    // events that are there have been taken.
    private async ValueTask<bool> ComesWithinAsync(TimeSpan wait)
    {
        _reading = attempt.ReadAsync(NextRead()).AsTask();
        try
        {
            await _reading.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamError?> FillAsync()
    {
        if (_pending.Length > maxEventBytes)
        {
            return new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol);
        }

        var read = _reading is { } underWay
            ? new ValueTask<(int Bytes, UpstreamError? Error)>(underWay)
            : attempt.ReadAsync(NextRead());
        _reading = null;
        if (!read.IsCompleted)
        {
            Volatile.Write(ref _state, Waiting);
        }

        var (count, error) = await read;
        await TakeBackAsync();

        // What framed the bytes on their way has been taken out of them: a full read is not full to the last byte.
        _readBytes = count <= _readBytes / 2 ? _readBytes : Math.Min(MostReadBytes, 2 * _readBytes);
        _pending.Advance(count);
        _ended = error is null && count == 0;
        return error;
    }

    private Memory<byte> NextRead() => _pending.GetMemory(_readBytes)[.._readBytes];

    // A comment that is being written is over in a moment, or as soon as the caller reads again.
    private async ValueTask TakeBackAsync()
    {
        while (Interlocked.CompareExchange(ref _state, Busy, Waiting) == BeingKeptAlive)
        {
            await Task.Yield();
        }
    }

    private async ValueTask SendAsync(int count, CancellationToken callerGone)
    {
        if (count == 0)
        {
            return;
        }

        if (!CallerGone)
        {
            output.Write(_written.Span[..count]);
            BytesOut += count;
            Volatile.Write(ref _lastWrittenAt, clock.GetTimestamp());
        }

        _written.Consume(count);
        _heldFrom -= count;
        await FlushAsync(callerGone);
    }

    private async ValueTask FlushAsync(CancellationToken callerGone)
    {
        if (CallerGone)
        {
            return;
        }

        try
        {
            CallerGone = callerGone.IsCancellationRequested || (await output.FlushAsync(callerGone)).IsCompleted;
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            CallerGone = true;
        }
    }
}
