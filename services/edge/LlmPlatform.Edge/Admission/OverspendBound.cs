using System.Diagnostics.Metrics;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// <c>budget_overspend_bound_usd{budget}</c> and <c>…_tokens{budget}</c>: the most by which the calls that are open at
/// this edge can carry an enforced budget past its limit, which is what they may cost beyond what they hold. Summed
/// over all edges it bounds what the budget can be overspent by now.
/// </summary>
internal sealed class OverspendBound
{
    private readonly CallsUnderway _calls;
    private readonly LimitsTable _limits;

    public OverspendBound(IMeterFactory meters, CallsUnderway calls, LimitsTable limits)
    {
        (_calls, _limits) = (calls, limits);
        var meter = meters.Create("LlmPlatform.Edge");
        meter.CreateObservableGauge(
            "budget_overspend_bound_usd",
            () => Read(ofTokens: false).Select(one => new Measurement<double>(
                (double)Money.NanoUsd.ToUsd(one.Beyond), one.Tag)),
            description: "What open calls may cost beyond what they hold, by enforced budget.");
        meter.CreateObservableGauge(
            "budget_overspend_bound_tokens",
            () => Read(ofTokens: true).Select(one => new Measurement<long>(one.Beyond, one.Tag)),
            description: "What open calls may consume beyond what they hold, by enforced budget of tokens.");
    }

    private IEnumerable<(long Beyond, KeyValuePair<string, object?> Tag)> Read(bool ofTokens)
    {
        var beyond = new Dictionary<string, long>();
        foreach (var call in _calls.All)
        {
            var amount = ofTokens ? call.BeyondHoldTokens : call.BeyondHoldNanoUsd;
            if (amount == 0)
            {
                continue;
            }

            foreach (var budget in call.Budgets)
            {
                beyond[budget.BudgetId] = beyond.GetValueOrDefault(budget.BudgetId) + amount;
            }
        }

        foreach (var budget in _limits.Current.Snapshot.Budgets)
        {
            if (budget.Enforce && budget.CountsTokens == ofTokens)
            {
                yield return (
                    beyond.GetValueOrDefault(budget.Id), new KeyValuePair<string, object?>("budget", budget.Name));
            }
        }
    }
}
