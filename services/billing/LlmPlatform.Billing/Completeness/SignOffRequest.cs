namespace LlmPlatform.Billing.Completeness;

/// <summary>Answers for what will not come of a spool any more.</summary>
/// <param name="EdgeId">The spool.</param>
/// <param name="Epoch">Its life.</param>
/// <param name="Reason">Why; for the record.</param>
internal sealed record SignOffRequest(Guid EdgeId, long Epoch, string Reason);
