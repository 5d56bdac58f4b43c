using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Messaging;

/// <summary>How the outbox of one context is emptied.</summary>
public sealed class OutboxOptions
{
    /// <summary>Rows claimed by one transaction and published together. 1 to 1,000; the default is 100.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 100;

    /// <summary>
    /// How often rows are looked for when no commit of this process announced any: rows of a replica that died, rows
    /// whose back-off ended. 10 ms to 1 minute; the default is 1 second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the broker's confirm is awaited. Past it the outcome is unknown: the row waits for the same send at its
    /// next turn, and after twelve times as long goes again under the same id. It also bounds the transaction that
    /// holds the claim. 100 ms to 1 minute; the default is 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest pause after failures; pauses start at <see cref="PollInterval"/> and double. 100 ms to 10 minutes;
    /// the default is 15 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often rows are counted for the gauges. 1 second to 10 minutes; the default is 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MeasureInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a published message that no queue takes counts as failed and waits. The default is false: an event that
    /// nobody subscribed to is no fault.
    /// </summary>
    public bool Mandatory { get; set; }

    internal TimeSpan BackoffAfter(int failures)
    {
        // 2^20 poll intervals are past every allowed maximum; the cap only keeps the power finite.
        var backoff = PollInterval * Math.Pow(2, Math.Min(failures - 1, 20));
        return backoff < BackoffMax ? backoff : BackoffMax;
    }
}
