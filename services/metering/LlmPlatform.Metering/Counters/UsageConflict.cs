using System.Text.Json;

namespace LlmPlatform.Metering.Counters;

/// <summary>An event that says another amount than the counters hold under its id and version.</summary>
/// <param name="EdgeId">The spool it came from.</param>
/// <param name="Epoch">The life of the spool.</param>
/// <param name="Sequence">Its place.</param>
/// <param name="EventId">The event.</param>
/// <param name="EventVersion">The version that was settled before.</param>
/// <param name="Tenant">Whose.</param>
/// <param name="OccurredAt">When its request was admitted.</param>
/// <param name="CostNanoUsd">What this one says, which no counter holds.</param>
/// <param name="Reason">In a sentence.</param>
/// <param name="FoundAt">When it came.</param>
/// <param name="Event">The whole event.</param>
internal sealed record UsageConflict(
    Guid EdgeId,
    long Epoch,
    long Sequence,
    Guid EventId,
    int EventVersion,
    string Tenant,
    DateTimeOffset OccurredAt,
    long CostNanoUsd,
    string Reason,
    DateTimeOffset FoundAt,
    JsonElement Event);
