namespace LlmPlatform.Quota;

/// <summary>What a budget period has spent by the ledger.</summary>
/// <param name="BudgetId">The budget.</param>
/// <param name="PeriodId">The period.</param>
/// <param name="Spent">The spending: nano-USD, or tokens in a budget of those.</param>
public sealed record SeededPeriod(string BudgetId, string PeriodId, long Spent);
