using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Settles one usage record against the hold of its request; idempotent by event id and version. It throws only for a
/// reason that passes, such as a store that is away: it is asked again until it does not.
/// </summary>
internal delegate ValueTask SettleHold(UsageRecorded usage, CancellationToken cancellationToken);
