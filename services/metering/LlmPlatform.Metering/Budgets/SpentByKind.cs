using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// What makes up what is spent, in USD or tokens as the budget counts. Counters that were made anew from billing say
/// all of it as usage.
/// </summary>
/// <param name="Usage">As it was reported first.</param>
/// <param name="Estimates">Of calls whose edge died, until their actual figures are known.</param>
/// <param name="Corrections">What later figures changed; negative where they took away.</param>
internal sealed record SpentByKind(decimal Usage, decimal Estimates, decimal Corrections)
{
    public static SpentByKind Of(Budget budget, BudgetLevel level) => new(
        In(budget, level.Spent - level.Estimated - level.Corrected),
        In(budget, level.Estimated),
        In(budget, level.Corrected));

    private static decimal In(Budget budget, long amount) => budget.UsdOf(amount) ?? amount;
}
