using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Bus;

/// <summary>How the bus is used: <c>Bus__…</c> in the environment.</summary>
public sealed class BusOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Bus";

    /// <summary>Messages the broker hands a consumer ahead of their acknowledgement. Default 256.</summary>
    [Range(1, 65_535)]
    public int PrefetchCount { get; init; } = 256;

    /// <summary>Attempts after the first before a message moves to the <c>_error</c> queue. Default 8.</summary>
    [Range(0, 100)]
    public int RetryLimit { get; init; } = 8;

    /// <summary>The longest pause between two attempts. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RetryMaxInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Deliveries after which the broker parks a message that keeps killing its consumer. RabbitMQ 4 would drop it
    /// after 20 without this; it goes to the queue <c>parked</c> instead. Default 1000.
    /// </summary>
    [Range(2, 1_000_000)]
    public int DeliveryLimit { get; init; } = 1000;

    /// <summary>How often it is looked whether messages were put aside. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ErrorQueueInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Replicas of a queue on a cluster; a single broker keeps one. Default 3.</summary>
    [Range(1, 9)]
    public int QuorumGroupSize { get; init; } = 3;
}
