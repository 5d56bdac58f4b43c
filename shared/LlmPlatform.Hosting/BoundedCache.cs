using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LlmPlatform.Hosting;

/// <summary>
/// Remembers the last so many things, and those that are asked for again longer than those that are not: two
/// generations, of which the older is dropped whole when the younger is full. Every call costs one or two look-ups,
/// however full it is. Safe for many threads.
/// </summary>
/// <param name="capacity">How many at most, from 2.</param>
public sealed class BoundedCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly int _generationSize = Math.Max(1, capacity / 2);
    private readonly Lock _turn = new();
    private volatile ConcurrentDictionary<TKey, TValue> _young = new();
    private volatile ConcurrentDictionary<TKey, TValue> _old = new();
    private int _youngCount;

    /// <summary>How many there are; for tests and gauges, it is not cheap.</summary>
    public int Count => _young.Count + _old.Keys.Count(key => !_young.ContainsKey(key));

    /// <summary>Finds what was set last.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
            return true;
        if (!_old.TryGetValue(key, out value))
            return false;

        // Asked for again: it moves on with the young. Should a newer one have been set meanwhile, that one stays.
        if (_young.TryAdd(key, value))
            CountOne();
        return true;
    }

    /// <summary>Remembers it, in the place of what was remembered by that key.</summary>
    public void Set(TKey key, TValue value)
    {
        var young = _young;
        if (young.TryAdd(key, value))
            CountOne();
        else
            young[key] = value;
    }

    private void CountOne()
    {
        if (Interlocked.Increment(ref _youngCount) < _generationSize)
            return;
        lock (_turn)
        {
            if (Volatile.Read(ref _youngCount) < _generationSize)
                return;
            _old = _young;
            _young = new ConcurrentDictionary<TKey, TValue>();
            Volatile.Write(ref _youngCount, 0);
        }
    }
}
