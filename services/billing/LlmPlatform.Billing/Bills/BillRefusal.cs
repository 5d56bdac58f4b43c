namespace LlmPlatform.Billing.Bills;

/// <summary>A bill that did not take a step.</summary>
/// <param name="Id">The bill.</param>
/// <param name="Code">Stable, snake case.</param>
/// <param name="Detail">What stands in the way.</param>
internal sealed record BillRefusal(string Id, string Code, string Detail);
