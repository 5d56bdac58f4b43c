namespace LlmPlatform.Router.Client;

/// <summary>
/// What is known of one deployment for the models that hedge: how long its answers usually take to begin, and how often
/// another may still be asked beside it. It is made for those models alone.
/// </summary>
public sealed class HedgeSignals
{
    // Hedges while everything is slow would double the load that makes it slow.
    private const int UnitsOfOne = 100;
    private const int MostInStock = 10 * UnitsOfOne;

    private readonly FirstByteTimes _streamed = new();
    private readonly FirstByteTimes _whole = new();
    private int _stock = MostInStock;

    /// <summary>How long its answer is waited for before another deployment is asked.</summary>
    /// <param name="hedging">What the model says.</param>
    /// <param name="isStream">Whether the answer is to be streamed.</param>
    public TimeSpan WaitFor(RoutedHedging hedging, bool isStream)
    {
        var wait = (isStream ? _streamed : _whole).Usual ?? hedging.Initial;
        return wait < hedging.Floor ? hedging.Floor : wait;
    }

    /// <summary>
    /// An answer of it began, or another was quicker: then the time is the least it would have taken.
    /// </summary>
    /// <param name="firstByte">How long it took.</param>
    /// <param name="isStream">Whether it was streamed.</param>
    /// <param name="percent">How many calls of 100 may be hedged.</param>
    public void Observe(TimeSpan firstByte, bool isStream, int percent)
    {
        (isStream ? _streamed : _whole).Observe(firstByte);
        if (Volatile.Read(ref _stock) < MostInStock)
            Interlocked.Add(ref _stock, percent);
    }

    /// <summary>Asks to hedge a call; false when too many were.</summary>
    public bool TryTake()
    {
        var stock = Volatile.Read(ref _stock);
        while (stock >= UnitsOfOne)
        {
            var seen = Interlocked.CompareExchange(ref _stock, stock - UnitsOfOne, stock);
            if (seen == stock)
                return true;
            stock = seen;
        }

        return false;
    }
}
