namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// How long the oldest usage has waited for the broker, as exactly as it is asked: what was numbered by the time of an
/// earlier question and is not taken yet has waited since then, at least.
/// </summary>
internal sealed class SpoolAge
{
    private const int MarksMax = 4_096;

    private readonly Queue<(DateTimeOffset At, long Numbered)> _marks = new();

    /// <param name="numbered">Events that were numbered so far.</param>
    /// <param name="pending">Those of them that the broker has not taken.</param>
    /// <param name="now">The moment.</param>
    public TimeSpan Of(long numbered, long pending, DateTimeOffset now)
    {
        while (_marks.TryPeek(out var mark) && mark.Numbered <= numbered - pending)
            _marks.Dequeue();
        if (pending > 0 && _marks.Count < MarksMax)
            _marks.Enqueue((now, numbered));
        return pending > 0 && _marks.TryPeek(out var oldest) ? now - oldest.At : TimeSpan.Zero;
    }
}
