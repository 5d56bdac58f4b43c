using LlmPlatform.Money;
using LlmPlatform.Quota;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// What makes up what is spent, USD. Counters that were made anew from billing say all of it as usage.
/// </summary>
/// <param name="Usage">As it was reported first.</param>
/// <param name="Estimates">Of calls whose edge died, until their actual figures are known.</param>
/// <param name="Corrections">What later figures changed; negative where they took away.</param>
internal sealed record SpentByKind(decimal Usage, decimal Estimates, decimal Corrections)
{
    public static SpentByKind Of(BudgetLevel level) => new(
        NanoUsd.ToUsd(level.SpentNanoUsd - level.EstimatedNanoUsd - level.CorrectedNanoUsd),
        NanoUsd.ToUsd(level.EstimatedNanoUsd),
        NanoUsd.ToUsd(level.CorrectedNanoUsd));
}
