using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Money;

namespace LlmPlatform.Alerting.Forecasts;

/// <summary>What was seen of a budget, in the unit that it counts.</summary>
internal static class ObservedAmounts
{
    public static bool CountsTokens(this BudgetSpendingObserved seen) => seen.LimitTokens is not null;

    public static long Spent(this BudgetSpendingObserved seen) => seen.SpentTokens ?? seen.SpentNanoUsd;

    public static long Limit(this BudgetSpendingObserved seen) => seen.LimitTokens ?? seen.LimitNanoUsd;

    /// <summary>An amount as people read it.</summary>
    public static string Words(this BudgetSpendingObserved seen, long amount) =>
        seen.CountsTokens() ? NoticeWords.Tokens(amount) : NoticeWords.Usd(amount);

    /// <summary>An amount in USD; null of a budget of tokens.</summary>
    public static decimal? UsdOf(this BudgetSpendingObserved seen, long amount) =>
        seen.CountsTokens() ? null : NanoUsd.ToUsd(amount);

    /// <summary>An amount in tokens; null of a budget of money.</summary>
    public static long? TokensOf(this BudgetSpendingObserved seen, long amount) =>
        seen.CountsTokens() ? amount : null;
}
