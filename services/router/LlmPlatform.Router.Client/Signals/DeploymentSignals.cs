namespace LlmPlatform.Router.Client;

/// <summary>
/// What is known of one deployment right now: how busy and how quick it is, whether its circuit is open and whether it
/// asked to be left alone. Written by every call to it, read by every plan; nothing here allocates or waits.
/// </summary>
/// <remarks>
/// Moments are ticks of 100 ns on a clock that only goes forward. The circuit: closed; after so many failures in a row
/// open; after its recovery time one call at a time tries (on trial); a success closes it, a failure opens it anew.
/// </remarks>
public sealed class DeploymentSignals
{
    // A deployment in trouble is not helped by repeats: one for every ten answers, and ten in stock.
    private const int MaxRetries = 10;
    private const int SuccessesPerRetry = 10;

    private readonly Lock _gate = new();
    private readonly PeakLatency _streamed = new();
    private readonly PeakLatency _whole = new();
    private int _inFlight;
    private int _failuresInARow;
    private long _openUntil;
    private bool _isOnTrial;
    private long _coolUntil;
    private long _avoidUntil;
    private int _retriesLeft = MaxRetries * SuccessesPerRetry;
    private long _trials;
    private HedgeSignals? _hedging;

    /// <summary>What models that hedge go by; made when first asked for.</summary>
    public HedgeSignals Hedging => LazyInitializer.EnsureInitialized(ref _hedging);

    /// <summary>Calls under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>True from when the circuit opened until a call succeeds.</summary>
    public bool IsOpen => Volatile.Read(ref _openUntil) != 0;

    /// <summary>Failures since the last success.</summary>
    public int FailuresInARow => Volatile.Read(ref _failuresInARow);

    /// <summary>How often a call was let through an open circuit, to try.</summary>
    public long Trials => Volatile.Read(ref _trials);

    /// <summary>Whether it may be called at a moment; asks, and changes nothing.</summary>
    /// <param name="now">The moment.</param>
    public DeploymentStanding StandingAt(long now)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        if (openUntil != 0)
        {
            return now < openUntil || Volatile.Read(ref _isOnTrial)
                ? DeploymentStanding.Open
                : DeploymentStanding.OnTrial;
        }

        return now < Math.Max(Volatile.Read(ref _coolUntil), Volatile.Read(ref _avoidUntil))
            ? DeploymentStanding.Cooling
            : DeploymentStanding.Ready;
    }

    /// <summary>How long it will not be called; zero when it may be.</summary>
    /// <param name="now">The moment.</param>
    public TimeSpan WaitAt(long now)
    {
        var until = Math.Max(Volatile.Read(ref _openUntil), Volatile.Read(ref _coolUntil));
        return until > now ? TimeSpan.FromTicks(until - now) : TimeSpan.Zero;
    }

    /// <summary>Asks to call it; a permit that is no refusal must be ended by <see cref="Leave"/>.</summary>
    /// <param name="now">The moment.</param>
    public DeploymentPermit TryEnter(long now)
    {
        var permit = DeploymentPermit.Granted;
        if (Volatile.Read(ref _openUntil) != 0)
            permit = TryBeginTrial(now);
        else if (now < Volatile.Read(ref _coolUntil))
            permit = DeploymentPermit.RefusedCooling;
        if (permit is DeploymentPermit.Granted or DeploymentPermit.Trial)
            Interlocked.Increment(ref _inFlight);
        return permit;
    }

    /// <summary>The call is over, however it ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>It answered.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="firstByte">How long its first byte took.</param>
    /// <param name="isStream">Whether the answer was streamed.</param>
    public void Succeeded(long now, TimeSpan firstByte, bool isStream)
    {
        (isStream ? _streamed : _whole).Observe(firstByte, now);
        Answered();
    }

    /// <summary>Another was quicker, and it was cut before it answered: it would have taken longer than that.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="waited">How long its first byte was waited for.</param>
    /// <param name="isStream">Whether the answer was to be streamed.</param>
    public void Outpaced(long now, TimeSpan waited, bool isStream) =>
        (isStream ? _streamed : _whole).ObserveAtLeast(waited, now);

    /// <summary>It answered, if only to say that the request is wrong: somebody is there.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _retriesLeft) < MaxRetries * SuccessesPerRetry)
            Interlocked.Increment(ref _retriesLeft);
        if (Volatile.Read(ref _failuresInARow) == 0 && Volatile.Read(ref _openUntil) == 0)
            return;
        lock (_gate)
        {
            _failuresInARow = 0;
            _openUntil = 0;
            _isOnTrial = false;
        }
    }

    /// <summary>It failed in a way that speaks against it.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="circuit">When that opens the circuit.</param>
    /// <returns>True when the circuit opened by it.</returns>
    public bool Failed(long now, CircuitSettings circuit)
    {
        // A deployment that fails at once must not look quick.
        _streamed.Penalize(now);
        _whole.Penalize(now);
        lock (_gate)
        {
            _failuresInARow++;
            if (_openUntil == 0 && _failuresInARow < circuit.Failures)
                return false;
            var opens = _openUntil == 0;
            _openUntil = now + circuit.Recovery.Ticks;
            _isOnTrial = false;
            return opens;
        }
    }

    /// <summary>The trial ended without a word on whether it is back: another may try.</summary>
    public void GiveUpTrial()
    {
        lock (_gate)
            _isOnTrial = false;
    }

    /// <summary>It asked to be left alone until a moment, and is; a later moment that is known already stays.</summary>
    /// <param name="until">The moment.</param>
    public void Cool(long until) => Raise(ref _coolUntil, until);

    /// <summary>Others are preferred to it until a moment; it is called where there are none.</summary>
    /// <param name="until">The moment.</param>
    public void Avoid(long until) => Raise(ref _avoidUntil, until);

    /// <summary>Asks to repeat a call to it; false when it was repeated too often for how often it answers.</summary>
    public bool TryTakeRetry()
    {
        var left = Volatile.Read(ref _retriesLeft);
        while (left >= SuccessesPerRetry)
        {
            var seen = Interlocked.CompareExchange(ref _retriesLeft, left - SuccessesPerRetry, left);
            if (seen == left)
                return true;
            left = seen;
        }

        return false;
    }

    /// <summary>Expected time to its first byte, in seconds, were one more call sent to it.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="isStream">Whether the answer is to be streamed.</param>
    public double ExpectedSeconds(long now, bool isStream) =>
        (isStream ? _streamed : _whole).At(now) * (InFlight + 1);

    internal DeploymentReading Read(string provider, string model, long now)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return new DeploymentReading
        {
            Provider = provider,
            Model = model,
            InFlight = InFlight,
            FailuresInARow = FailuresInARow,
            Open = openUntil == 0 ? null : Until(openUntil, now),
            IsOnTrial = Volatile.Read(ref _isOnTrial),
            Cooling = Until(Volatile.Read(ref _coolUntil), now),
            Avoided = Until(Volatile.Read(ref _avoidUntil), now),
            StreamedSeconds = _streamed.At(now),
            WholeSeconds = _whole.At(now),
        };
    }

    internal static DeploymentSignals Of(DeploymentReading reading, long now)
    {
        var signals = new DeploymentSignals
        {
            _inFlight = reading.InFlight,
            _failuresInARow = reading.FailuresInARow,
            _openUntil = reading.Open is { } open ? now + open.Ticks : 0,
            _isOnTrial = reading.IsOnTrial,
            _coolUntil = now + reading.Cooling.Ticks,
            _avoidUntil = now + reading.Avoided.Ticks,
        };
        signals._streamed.ObserveAtLeast(TimeSpan.FromSeconds(reading.StreamedSeconds), now);
        signals._whole.ObserveAtLeast(TimeSpan.FromSeconds(reading.WholeSeconds), now);
        return signals;
    }

    private static TimeSpan Until(long moment, long now) =>
        moment > now ? TimeSpan.FromTicks(moment - now) : TimeSpan.Zero;

    private static void Raise(ref long moment, long until)
    {
        var known = Volatile.Read(ref moment);
        while (known < until)
        {
            var seen = Interlocked.CompareExchange(ref moment, until, known);
            if (seen == known)
                return;
            known = seen;
        }
    }

    private DeploymentPermit TryBeginTrial(long now)
    {
        lock (_gate)
        {
            if (_openUntil == 0)
                return DeploymentPermit.Granted;
            if (now < _openUntil || _isOnTrial)
                return DeploymentPermit.RefusedOpen;
            _isOnTrial = true;
            _trials++;
            return DeploymentPermit.Trial;
        }
    }
}
