using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Settles one usage record against the hold of its request; idempotent by event id. It throws while the store is away.
/// </summary>
internal delegate ValueTask SettleHold(UsageRecorded usage, CancellationToken cancellationToken);
