namespace LlmPlatform.Router.Client;

/// <summary>
/// Within which time 95 of 100 answers of late began, to one part in ten: counts in classes of which each is a tenth
/// wider than the one before, halved again and again so that what is old fades.
/// </summary>
internal sealed class FirstByteTimes
{
    /// <summary>Fewer observations than this say nothing.</summary>
    public const int Enough = 20;

    private const int Most = 1000;
    private const int Classes = 144;
    private const double Wider = 1.1;

    private static readonly double LogOfWider = Math.Log(Wider);

    private readonly Lock _gate = new();
    private readonly int[] _counts = new int[Classes];
    private int _total;
    private long _usualTicks;

    /// <summary>Null until enough was observed.</summary>
    public TimeSpan? Usual => Volatile.Read(ref _usualTicks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    public void Observe(TimeSpan time)
    {
        lock (_gate)
        {
            _counts[ClassOf(time)]++;
            if (++_total >= Most)
                Halve();
            if (_total >= Enough)
                Volatile.Write(ref _usualTicks, Percentile().Ticks);
        }
    }

    // The first class holds all up to a millisecond, the last all beyond a quarter of an hour.
    private static int ClassOf(TimeSpan time)
    {
        var milliseconds = Math.Max(1, time.TotalMilliseconds);
        return Math.Min(Classes - 1, (int)Math.Ceiling(Math.Log(milliseconds) / LogOfWider));
    }

    private TimeSpan Percentile()
    {
        var beyond = _total / 20;
        var last = Classes - 1;
        for (; last > 0 && _counts[last] <= beyond; last--)
            beyond -= _counts[last];
        return TimeSpan.FromMilliseconds(Math.Pow(Wider, last));
    }

    private void Halve()
    {
        _total = 0;
        for (var i = 0; i < Classes; i++)
            _total += _counts[i] /= 2;
    }
}
