using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Settles usage against the holds of its requests, a few events in one call; idempotent by event id and version. It
/// throws only for a reason that passes, such as a store that is away: it is asked again until it does not.
/// </summary>
internal delegate ValueTask SettleHolds(ReadOnlyMemory<UsageSettlement> batch, CancellationToken cancellationToken);
