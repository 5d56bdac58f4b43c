using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What the shipper's streams share.</summary>
internal sealed record ShipperSetting
{
    /// <summary>Knows the broker, and whether those who should receive envelopes are there.</summary>
    public required RequiredQueues Queues { get; init; }

    /// <summary>Sizes and times.</summary>
    public required ShipperOptions Options { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Hears when a stream is held up, and when it goes on.</summary>
    public required ILogger Logger { get; init; }
}
