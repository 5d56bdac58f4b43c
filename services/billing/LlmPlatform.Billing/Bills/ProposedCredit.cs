namespace LlmPlatform.Billing.Bills;

/// <summary>What is to be given back on a bill.</summary>
/// <param name="BillId">An issued bill.</param>
/// <param name="Amount">Tax included, in the bill's currency.</param>
internal sealed record ProposedCredit(string BillId, decimal Amount);
