namespace LlmPlatform.Billing.Bills;

/// <summary>What a step did.</summary>
/// <param name="Items">Bills that took it.</param>
/// <param name="Refused">Bills that did not.</param>
internal sealed record BillStepResponse(IReadOnlyList<BillSummary> Items, IReadOnlyList<BillRefusal> Refused);
