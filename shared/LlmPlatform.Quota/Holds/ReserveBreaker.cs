using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>
/// Keeps callers from waiting, one after the other, for a Redis that says nothing. What counts is silence, not
/// slowness: whatever comes from it, however late, and for whomever, begins the count anew. While it is open one call
/// in a while asks, and the others are told at once what it would find.
/// </summary>
internal sealed class ReserveBreaker(RedisClient redis, HoldOptions options, TimeProvider clock)
{
    private int _failures;
    private long _silentSince;
    private long _askedAt;

    /// <summary>Whether Redis has been silent for so long that it is taken for away.</summary>
    internal bool IsOpen
    {
        get
        {
            if (Volatile.Read(ref _failures) < options.BreakerFailures)
                return false;
            var since = Volatile.Read(ref _silentSince);
            if (clock.GetElapsedTime(since) < options.BreakerSilence)
                return false;
            if (!redis.HasHeardSince(since))
                return true;
            Answered();
            return false;
        }
    }

    /// <summary>Whether to ask now.</summary>
    internal bool MayAsk()
    {
        if (!IsOpen)
            return true;
        var asked = Volatile.Read(ref _askedAt);
        return clock.GetElapsedTime(asked) >= options.BreakerProbe
            && Interlocked.CompareExchange(ref _askedAt, clock.GetTimestamp(), asked) == asked;
    }

    /// <summary>An answer came, whatever it said.</summary>
    internal void Answered()
    {
        if (Volatile.Read(ref _failures) != 0)
            Volatile.Write(ref _failures, 0);
    }

    /// <summary>No answer came in time.</summary>
    /// <param name="asked">When it was asked for.</param>
    internal void Failed(long asked)
    {
        Volatile.Write(ref _askedAt, clock.GetTimestamp());
        if (Volatile.Read(ref _failures) != 0 && redis.HasHeardSince(Volatile.Read(ref _silentSince)))
            Volatile.Write(ref _failures, 0);
        if (Interlocked.Increment(ref _failures) == 1)
            Volatile.Write(ref _silentSince, asked);
    }
}
