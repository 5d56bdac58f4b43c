using System.Collections.Concurrent;

namespace LlmPlatform.Router.Client;

/// <summary>
/// Plans that are made when first asked for. Callers choose the names, so there is a bound: beyond it a plan is made
/// for each call anew.
/// </summary>
internal sealed class BoundedPlans<TKey>
    where TKey : notnull
{
    private const int Most = 4096;

    private readonly ConcurrentDictionary<TKey, ModelPlan> _plans = new();
    private int _count;

    public ModelPlan? Find(TKey key) => _plans.GetValueOrDefault(key);

    public ModelPlan Keep(TKey key, ModelPlan plan)
    {
        if (Volatile.Read(ref _count) < Most && _plans.TryAdd(key, plan))
            Interlocked.Increment(ref _count);
        return plan;
    }
}
