using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Metering.Limits;

namespace LlmPlatform.Metering.Budgets;

/// <summary>What is said of a budget on the bus: amounts in its unit, in the members of that unit.</summary>
internal static class BudgetMessages
{
    public static BudgetThresholdCrossed Crossed(
        Budget budget,
        string periodId,
        (DateTimeOffset StartsAt, DateTimeOffset EndsAt) period,
        int threshold,
        long spent,
        int episode,
        DateTimeOffset at) => new()
    {
        BudgetId = budget.Id,
        BudgetName = budget.Name,
        Scope = budget.Scope,
        PeriodId = periodId,
        PeriodStartsAt = period.StartsAt,
        PeriodEndsAt = period.EndsAt,
        ThresholdBasisPoints = threshold,
        SpentNanoUsd = budget.NanoUsdOf(spent),
        LimitNanoUsd = budget.NanoUsdOf(budget.InForceAt(at).Limit),
        SpentTokens = budget.TokensOf(spent),
        LimitTokens = budget.TokensOf(budget.InForceAt(at).Limit),
        Enforced = budget.Enforce,
        Channels = budget.Channels,
        TimeZone = budget.TimeZone,
        SharedUsers = budget.SharedUsers,
        Episode = episode,
        CrossedAt = at,
    };

    public static BudgetUsageAdvanced Advanced(
        Budget budget, string periodId, long spent, bool isRefused, DateTimeOffset observedAt) => new()
    {
        BudgetId = budget.Id,
        PeriodId = periodId,
        Revision = budget.InForceAt(observedAt).Revision,
        SpentNanoUsd = budget.NanoUsdOf(spent),
        LimitNanoUsd = budget.NanoUsdOf(budget.InForceAt(observedAt).Limit),
        SpentTokens = budget.TokensOf(spent),
        LimitTokens = budget.TokensOf(budget.InForceAt(observedAt).Limit),
        Refused = isRefused,
        ObservedAt = observedAt,
    };

    public static BudgetSpendingObserved Observed(Budget budget, OpenedPeriod period) => new()
    {
        BudgetId = budget.Id,
        BudgetName = budget.Name,
        Scope = budget.Scope,
        PeriodId = period.PeriodId,
        PeriodStartsAt = period.StartsAt,
        PeriodEndsAt = period.EndsAt,
        TimeZone = budget.TimeZone,
        SpentNanoUsd = budget.NanoUsdOf(period.Sampled),
        LimitNanoUsd = budget.NanoUsdOf(budget.InForceAt(period.SampledAt!.Value).Limit),
        SpentTokens = budget.TokensOf(period.Sampled),
        LimitTokens = budget.TokensOf(budget.InForceAt(period.SampledAt!.Value).Limit),
        Enforced = budget.Enforce,
        Channels = budget.Channels,
        SharedUsers = budget.SharedUsers,
        ObservedAt = period.SampledAt!.Value,
    };
}
