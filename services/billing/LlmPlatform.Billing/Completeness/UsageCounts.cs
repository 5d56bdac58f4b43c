namespace LlmPlatform.Billing.Completeness;

/// <summary>How good the usage of a month is, of all tenants.</summary>
/// <param name="Events">Of the month, in UTC.</param>
/// <param name="Recovered">Of these, estimated after a crash of their edge.</param>
/// <param name="Counted">Of these, counted by an edge because the provider did not say.</param>
/// <param name="Unpriced">Of these, without a price.</param>
/// <param name="Quarantined">Events that could not be stored.</param>
internal sealed record UsageCounts(long Events, long Recovered, long Counted, long Unpriced, long Quarantined);
