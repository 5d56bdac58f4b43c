namespace LlmPlatform.Billing.Bills;

/// <summary>A cost centre's part of a bill.</summary>
/// <param name="CostCenter">Empty: usage that names none.</param>
/// <param name="AmountUsd">Exact.</param>
/// <param name="Amount">In the bill's currency, before tax, as it is paid.</param>
internal sealed record BillCostCenter(string CostCenter, decimal AmountUsd, decimal Amount);
