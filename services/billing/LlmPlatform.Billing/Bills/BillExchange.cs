namespace LlmPlatform.Billing.Bills;

/// <summary>The rate of exchange a bill pins.</summary>
/// <param name="PerUsd">Units of the bill's currency for one dollar.</param>
/// <param name="Day">The day it is of.</param>
/// <param name="Source">Who published it.</param>
internal sealed record BillExchange(decimal PerUsd, DateOnly Day, string Source);
