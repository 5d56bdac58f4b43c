namespace LlmPlatform.Quota;

/// <summary>
/// Keeps callers from waiting, one after the other, for a Redis that hangs: after some answers that did not come only
/// one call in a while asks, and the others are told at once what it would find.
/// </summary>
internal sealed class ReserveBreaker(HoldOptions options, TimeProvider clock)
{
    private int _failures;
    private long _askedAt;

    /// <summary>Whether to ask now.</summary>
    internal bool MayAsk()
    {
        if (Volatile.Read(ref _failures) < options.BreakerFailures)
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
    internal void Failed()
    {
        Volatile.Write(ref _askedAt, clock.GetTimestamp());
        Interlocked.Increment(ref _failures);
    }
}
