namespace LlmPlatform.Quota;

/// <summary>
/// Redis' time as far as it is known here: the local clock and the offset seen in answers. It names the budget periods
/// to ask for; that the guess is right is decided by the script.
/// </summary>
internal sealed class RedisClock(TimeProvider clock)
{
    private const double Weight = 0.125;
    private const double JumpMilliseconds = 250;

    private double _offsetMilliseconds;

    internal DateTimeOffset Now => clock.GetUtcNow().AddMilliseconds(Volatile.Read(ref _offsetMilliseconds));

    internal long Timestamp => clock.GetTimestamp();

    internal TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    /// <summary>Learns from an answer: Redis read its clock some time between sending and now.</summary>
    // Concurrent callers may overwrite each other's sample; any of them will do.
    internal void Observe(long sentTimestamp, DateTimeOffset redisTime)
    {
        var middle = clock.GetUtcNow() - (Since(sentTimestamp) / 2);
        var sample = (redisTime - middle).TotalMilliseconds;
        var known = Volatile.Read(ref _offsetMilliseconds);
        var moved = Math.Abs(sample - known) > JumpMilliseconds ? sample : known + (Weight * (sample - known));
        Volatile.Write(ref _offsetMilliseconds, moved);
    }
}
