namespace LlmPlatform.Billing.Completeness;

/// <summary>Whether all that edges numbered has come.</summary>
/// <param name="IsComplete">No sequence below the highest of any spool is missing.</param>
/// <param name="Spools">Each life of each spool.</param>
internal sealed record CompletenessResponse(bool IsComplete, IReadOnlyList<SpoolCompleteness> Spools);
