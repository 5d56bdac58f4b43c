using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Messaging;

/// <summary>How long the inbox of one context remembers.</summary>
public sealed class InboxOptions
{
    /// <summary>
    /// How long a handled message is remembered. A repeat that comes later runs again, so it must exceed the longest
    /// time a message can wait in a queue or in an error queue before a person moves it back. 1 minute to 1 year; the
    /// default is 7 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "366.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Pause between two sweeps. 1 second to 1 day; the default is 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Rows deleted by one statement. 1 to 100,000; the default is 5,000.</summary>
    [Range(1, 100_000)]
    public int SweepBatchSize { get; set; } = 5_000;
}
