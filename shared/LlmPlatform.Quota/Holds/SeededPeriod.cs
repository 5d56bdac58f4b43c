namespace LlmPlatform.Quota;

/// <summary>What a budget period has spent by the ledger.</summary>
/// <param name="BudgetId">The budget.</param>
/// <param name="PeriodId">The period.</param>
/// <param name="SpentNanoUsd">The spending, nano-USD.</param>
public sealed record SeededPeriod(string BudgetId, string PeriodId, long SpentNanoUsd);
