namespace LlmPlatform.Billing.Ledger;

/// <summary>An amount on an account.</summary>
/// <param name="Account">Where.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Amount">Positive: debit; at most twelve decimals.</param>
internal readonly record struct LedgerAmount(LedgerAccount Account, string Currency, decimal Amount);
