using Microsoft.Extensions.ObjectPool;

namespace LlmPlatform.Quota;

/// <summary>
/// The budgets and rate limits that apply to one call, in a reused instance: dispose it once the call has been decided
/// on, and do not touch it afterwards.
/// </summary>
public sealed class ApplicableLimits : IDisposable
{
    private const int PoolSizeMax = 1_024;

    private static readonly ObjectPool<ApplicableLimits> Pool =
        new DefaultObjectPool<ApplicableLimits>(new DefaultPooledObjectPolicy<ApplicableLimits>(), PoolSizeMax);

    /// <summary>An empty set; <see cref="LimitsIndex.Matching"/> gives a filled one.</summary>
    public ApplicableLimits()
    {
    }

    /// <summary>The budgets that apply.</summary>
    public IEnumerable<BudgetDefinition> Budgets => BudgetCounters.Select(counter => counter.Definition);

    /// <summary>The rate limits that apply.</summary>
    public IEnumerable<RateLimitDefinition> RateLimits =>
        RateCounters.Select(counter => counter.Rule.Definition).Distinct();

    /// <summary>Whether any budget that applies refuses what does not fit.</summary>
    public bool HasEnforcedBudget
    {
        get
        {
            foreach (var counter in BudgetCounters)
                if (counter.Definition.Enforce)
                    return true;
            return false;
        }
    }

    /// <summary>Whether any of money does.</summary>
    public bool HasEnforcedMoneyBudget
    {
        get
        {
            foreach (var counter in BudgetCounters)
                if (counter.Definition is { Enforce: true, CountsTokens: false })
                    return true;
            return false;
        }
    }

    /// <summary>
    /// Whether a stream may hold a little at a time: some budget refuses, and none that does wants all of it held.
    /// </summary>
    public bool HoldsGrow
    {
        get
        {
            var grows = false;
            foreach (var counter in BudgetCounters)
            {
                if (counter.Definition is { Enforce: true, IsSoft: false })
                    return false;
                grows |= counter.Definition.Enforce;
            }

            return grows;
        }
    }

    internal List<BudgetCounter> BudgetCounters { get; } = [];

    internal List<RateCounter> RateCounters { get; } = [];

    /// <summary>Leaves the budgets out, for a call that costs nothing.</summary>
    public void LeaveOutBudgets() => BudgetCounters.Clear();

    /// <summary>Gives the instance back for reuse.</summary>
    public void Dispose()
    {
        BudgetCounters.Clear();
        RateCounters.Clear();
        Pool.Return(this);
    }

    internal static ApplicableLimits Rent() => Pool.Get();
}
