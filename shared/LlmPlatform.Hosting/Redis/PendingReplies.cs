using System.Numerics;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// The commands in flight, oldest first, in a ring. Added under the connection's lock, taken by its one reader without
/// it, looked through by the sweep at any time.
/// </summary>
internal sealed class PendingReplies(int capacity)
{
    private readonly PendingReply?[] _ring = new PendingReply?[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
    private long _taken;
    private long _added;

    internal long Added => Volatile.Read(ref _added);

    internal long Taken => Volatile.Read(ref _taken);

    internal int Count => (int)(Added - Taken);

    internal bool IsFull => Count >= capacity;

    internal void Add(PendingReply pending)
    {
        Volatile.Write(ref _ring[_added & (_ring.Length - 1)], pending);
        Volatile.Write(ref _added, _added + 1);
    }

    internal bool TryTake(out PendingReply pending)
    {
        if (_taken == Volatile.Read(ref _added))
        {
            pending = null!;
            return false;
        }
        ref var slot = ref _ring[_taken & (_ring.Length - 1)];
        pending = slot!;
        slot = null;
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }

    /// <summary>Releases every caller whose deadline has passed.</summary>
    /// <returns>How many there were.</returns>
    internal int FailLate(long now)
    {
        var late = 0;
        var end = Added;
        for (var i = Taken; i < end; i++)
            if (Volatile.Read(ref _ring[i & (_ring.Length - 1)])?.FailIfLate(now) == true)
                late++;
        return late;
    }
}
