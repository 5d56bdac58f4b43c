using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Settlement;

/// <summary>How events leave the spool for the bus: <c>Edge__Shipper__…</c> in the environment.</summary>
internal sealed class ShipperOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Edge:Shipper";

    /// <summary>
    /// The queues that usage must reach. RabbitMQ drops what is published before they exist, and calls it routed as
    /// soon as one of them does: so all are asked for by name before anything leaves.
    /// </summary>
    public static readonly IReadOnlyList<string> DefaultUsageQueues =
        ["metering-usage-recorded", "billing-usage-recorded"];

    /// <summary>The queues that completions must reach.</summary>
    public static readonly IReadOnlyList<string> DefaultCompletionQueues =
        ["audit-request-completed", "metering-request-completed"];

    /// <summary>The queues that usage must reach, instead of <see cref="DefaultUsageQueues"/>.</summary>
    public IReadOnlyList<string>? UsageQueues { get; init; }

    /// <summary>The queues that completions must reach, instead of <see cref="DefaultCompletionQueues"/>.</summary>
    public IReadOnlyList<string>? CompletionQueues { get; init; }

    /// <summary>Events in an envelope. Default 256.</summary>
    [Range(1, 10_000)]
    public int MaxEnvelopeEvents { get; init; } = 256;

    /// <summary>
    /// Bytes of events, as the spool holds them, after which an envelope takes no more. Default 512 KiB.
    /// </summary>
    [Range(1024, 16 << 20)]
    public int MaxEnvelopeBytes { get; init; } = 512 << 10;

    /// <summary>Envelopes of one stream that may wait for their confirmation at once. Default 4.</summary>
    [Range(1, 64)]
    public int MaxInFlight { get; init; } = 4;

    /// <summary>How long a lone event waits for company. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a confirmation may take before the envelope is sent again. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan PublishTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The first pause after a failure; it doubles with each further one. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan RetryAtMost { get; init; } = TimeSpan.FromSeconds(5);
}
