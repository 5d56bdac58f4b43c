namespace LlmPlatform.Router.Client;

/// <summary>
/// A moving average of latency that follows a rise at once and a fall slowly: what became slow is avoided by the next
/// call. Where nothing is observed it fades, so that what was slow is tried again.
/// </summary>
internal sealed class PeakLatency
{
    private const double FallSeconds = 10;
    private const double PenaltySeconds = 1;

    private readonly Lock _gate = new();
    private double _seconds;
    private long _observedAt;

    /// <summary>In seconds; zero where nothing was ever observed.</summary>
    public double At(long now)
    {
        // Torn reads cannot happen on 64 bits; a value and a moment of two observations differ by one call.
        var seconds = Volatile.Read(ref _seconds);
        return seconds == 0 ? 0 : seconds * Math.Exp(-Elapsed(now) / (FallSeconds * 6));
    }

    public void Observe(TimeSpan latency, long now)
    {
        var seconds = Math.Max(latency.TotalSeconds, 1e-6);
        lock (_gate)
            Put(seconds, now);
    }

    /// <summary>Takes note of one that was not waited for to its end.</summary>
    public void ObserveAtLeast(TimeSpan latency, long now)
    {
        lock (_gate)
        {
            if (latency.TotalSeconds > _seconds)
                Put(latency.TotalSeconds, now);
        }
    }

    /// <summary>A failure counts as an answer twice as slow as the last ones, at least as one of a second.</summary>
    public void Penalize(long now)
    {
        lock (_gate)
            Put(Math.Min(60, Math.Max(PenaltySeconds, _seconds * 2)), now);
    }

    private void Put(double seconds, long now)
    {
        if (seconds < _seconds)
        {
            var kept = Math.Exp(-Elapsed(now) / FallSeconds);
            seconds = (_seconds * kept) + (seconds * (1 - kept));
        }

        Volatile.Write(ref _seconds, seconds);
        Volatile.Write(ref _observedAt, now);
    }

    private double Elapsed(long now) =>
        Math.Max(0, now - Volatile.Read(ref _observedAt)) / (double)TimeSpan.TicksPerSecond;
}
