namespace LlmPlatform.Billing.Completeness;

/// <summary>Consecutive events that have not come.</summary>
/// <param name="First">The first sequence missing.</param>
/// <param name="Last">The last sequence missing.</param>
internal readonly record struct MissingSequences(long First, long Last);
