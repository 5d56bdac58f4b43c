namespace LlmPlatform.Quota;

/// <summary>A hold whose lease ran out.</summary>
/// <param name="RequestId">The request it belonged to.</param>
/// <param name="FreedNanoUsd">What was still held, nano-USD; freed now in every budget.</param>
public readonly record struct ExpiredHold(Guid RequestId, long FreedNanoUsd);
