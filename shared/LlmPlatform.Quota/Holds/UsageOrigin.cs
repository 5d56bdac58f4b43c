namespace LlmPlatform.Quota;

/// <summary>Where a usage event was numbered: sequences of a spool's epoch begin at 1 and have no holes.</summary>
/// <param name="EdgeId">The spool.</param>
/// <param name="Epoch">Its life.</param>
/// <param name="Sequence">The number, from 1.</param>
public readonly record struct UsageOrigin(Guid EdgeId, long Epoch, long Sequence);
