using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// The place of one command in the order of replies, and what its caller awaits. The first of reply, deadline,
/// cancellation and connection loss completes it; the place itself is kept until the reply has come, so that later
/// replies stay with their own callers. It is reused when both caller and connection have let go of it.
/// </summary>
internal sealed class PendingReply : IValueTaskSource<RedisReply>
{
    private const int PoolSizeMax = 1_024;
    private const long CompletedBit = 1;

    private static readonly ObjectPool<PendingReply> Pool =
        new DefaultObjectPool<PendingReply>(new DefaultPooledObjectPolicy<PendingReply>(), PoolSizeMax);

    private ManualResetValueTaskSourceCore<RedisReply> _core;
    private CancellationTokenRegistration _cancellation;
    private bool _throwsErrors;

    // Generation and completed bit in one word, so that a sweep with a stale reference cannot complete the next user.
    private long _state = CompletedBit;
    private int _holders;
    private long _deadline;

    /// <summary>The script that the server has once it has answered; null where it learns none.</summary>
    internal RedisScript? Taught { get; private set; }

    internal static PendingReply Rent(
        long deadline, bool throwsErrors, RedisScript? taught, CancellationToken cancellationToken)
    {
        var pending = Pool.Get();
        pending._holders = 2;
        pending._throwsErrors = throwsErrors;
        pending.Taught = taught;
        Volatile.Write(ref pending._deadline, deadline);
        Volatile.Write(ref pending._state, (pending._state | CompletedBit) + 1);
        if (cancellationToken.CanBeCanceled)
            pending._cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PendingReply)state!).Fail(new OperationCanceledException(token)), pending);
        return pending;
    }

    /// <summary>What the caller awaits; it must await it once.</summary>
    internal ValueTask<RedisReply> Task => new(this, _core.Version);

    /// <summary>The reply has come: hands it to the caller, if one still waits, and gives up the place.</summary>
    /// <returns>Whether a caller still waited.</returns>
    internal bool Complete(in RedisReply reply, bool inline)
    {
        var waited = TryWin(Volatile.Read(ref _state));
        if (waited)
        {
            _core.RunContinuationsAsynchronously = !inline;
            _core.SetResult(reply);
        }
        Release();
        return waited;
    }

    /// <summary>No reply will come any more: tells the caller, if one still waits, and gives up the place.</summary>
    /// <returns>Whether a caller still waited.</returns>
    internal bool Abandon(RedisUnavailableException exception)
    {
        var waited = Fail(exception);
        Release();
        return waited;
    }

    /// <summary>Gives up a place that never got into the order. The caller has not been handed the task.</summary>
    internal void Discard()
    {
        _cancellation.Dispose();
        _cancellation = default;
        _holders = 1;
        TryWin(Volatile.Read(ref _state));
        Release();
    }

    /// <summary>Releases the caller if its deadline has passed; the place stays.</summary>
    internal bool FailIfLate(long now)
    {
        var state = Volatile.Read(ref _state);
        if ((state & CompletedBit) != 0 || Volatile.Read(ref _deadline) > now || !TryWin(state))
            return false;
        SetException(new RedisUnavailableException(
            RedisUnavailableReason.TimedOut,
            sent: true,
            "Redis did not answer before the deadline; the outcome is unknown."));
        return true;
    }

    RedisReply IValueTaskSource<RedisReply>.GetResult(short token)
    {
        // A stale token must not release a place that is another caller's by now; this throws for one.
        _core.GetStatus(token);
        try
        {
            // Waits for a cancellation that is just running, which must not meet the next user of this instance.
            _cancellation.Dispose();
            var reply = _core.GetResult(token);
            return _throwsErrors && reply.Kind == RedisReplyKind.Error ? throw reply.ToException() : reply;
        }
        finally
        {
            _cancellation = default;
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RedisReply>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<RedisReply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private bool Fail(Exception exception)
    {
        if (!TryWin(Volatile.Read(ref _state)))
            return false;
        SetException(exception);
        return true;
    }

    // Failures come from sweeps and other callers' threads, which a continuation must not hold up.
    private void SetException(Exception exception)
    {
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(exception);
    }

    private bool TryWin(long state) =>
        (state & CompletedBit) == 0
        && Interlocked.CompareExchange(ref _state, state | CompletedBit, state) == state;

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
            return;
        _core.Reset();
        Pool.Return(this);
    }
}
