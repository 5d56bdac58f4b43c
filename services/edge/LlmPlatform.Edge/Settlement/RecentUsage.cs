using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What the usage records appended last have to settle, so that the settler does not read back what was written a
/// moment ago. It holds every usage record from some position of the lane on, and at most so many: what does not fit
/// is in the file. Thread-safe; added to under the lane's lock, in order.
/// </summary>
internal sealed class RecentUsage
{
    private readonly Lock _gate = new();
    private readonly Entry[] _ring;
    private long _first;
    private long _added;
    private long _from;

    /// <param name="capacity">Records kept.</param>
    /// <param name="from">Where the lane ends now.</param>
    public RecentUsage(int capacity, long from) => (_ring, _from) = (new Entry[capacity], from);

    /// <summary>Takes note of a usage record.</summary>
    /// <param name="end">Where it ends in the lane.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="usage">What it has to settle; null when only the file knows.</param>
    public void Add(long end, long sequence, UsageSettlement? usage)
    {
        lock (_gate)
        {
            if (usage is null)
            {
                (_first, _from) = (_added, end);
                return;
            }

            if (_added - _first == _ring.Length)
            {
                _from = At(_first++).End;
            }

            At(_added++) = new Entry(end, sequence, usage.Value);
        }
    }

    /// <summary>Takes what was appended between two positions of the lane, in order.</summary>
    /// <param name="reached">Where the settler is; moved behind what is taken.</param>
    /// <param name="limit">Nothing that ends behind it is taken.</param>
    /// <param name="round">Receives it.</param>
    /// <param name="most">No more than so many.</param>
    /// <returns>False when something after the position is only in the file.</returns>
    public bool TryTake(ref SpoolPosition reached, long limit, List<UsageSettlement> round, int most)
    {
        lock (_gate)
        {
            while (_first < _added && At(_first).End <= reached.Position)
            {
                _from = At(_first++).End;
            }

            if (reached.Position < _from)
            {
                return false;
            }

            while (_first < _added && At(_first).End <= limit && round.Count < most)
            {
                ref var entry = ref At(_first++);
                round.Add(entry.Usage);
                reached = new SpoolPosition(entry.End, entry.Sequence + 1);
                _from = entry.End;
                entry = default;
            }

            if (limit > reached.Position && (_first == _added || At(_first).End > limit))
            {
                reached = reached with { Position = limit };
            }

            return true;
        }
    }

    private ref Entry At(long number) => ref _ring[number % _ring.Length];

    private readonly record struct Entry(long End, long Sequence, UsageSettlement Usage);
}
