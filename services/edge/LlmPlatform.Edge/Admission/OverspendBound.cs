using System.Diagnostics.Metrics;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// <c>budget_overspend_bound_usd{budget}</c>: the most by which the calls that are open at this edge can carry an
/// enforced budget past its limit, which is what they may cost beyond what they hold. Summed over all edges it bounds
/// what the budget can be overspent by now.
/// </summary>
internal sealed class OverspendBound
{
    private readonly CallsUnderway _calls;
    private readonly LimitsTable _limits;

    public OverspendBound(IMeterFactory meters, CallsUnderway calls, LimitsTable limits)
    {
        (_calls, _limits) = (calls, limits);
        meters.Create("LlmPlatform.Edge").CreateObservableGauge(
            "budget_overspend_bound_usd",
            Read,
            description: "What open calls may cost beyond what they hold, by enforced budget.");
    }

    private IEnumerable<Measurement<double>> Read()
    {
        var beyond = new Dictionary<string, long>();
        foreach (var call in _calls.All)
        {
            if (call.BeyondHoldNanoUsd == 0)
            {
                continue;
            }

            foreach (var budget in call.Budgets)
            {
                beyond[budget.BudgetId] = beyond.GetValueOrDefault(budget.BudgetId) + call.BeyondHoldNanoUsd;
            }
        }

        foreach (var budget in _limits.Current.Snapshot.Budgets)
        {
            if (budget is { Enforce: true, CountsTokens: false })
            {
                yield return new Measurement<double>(
                    (double)Money.NanoUsd.ToUsd(beyond.GetValueOrDefault(budget.Id)),
                    new KeyValuePair<string, object?>("budget", budget.Name));
            }
        }
    }
}
