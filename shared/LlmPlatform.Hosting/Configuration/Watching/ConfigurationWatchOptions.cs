using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Configuration.Watching;

/// <summary>How changes of the configuration file are noticed and passed on.</summary>
internal sealed class ConfigurationWatchOptions
{
    public const string Section = "Hosting:Configuration:Watch";

    /// <summary>
    /// Time from one look at the files to the next, 10 ms to 1 h. Default 1 s. A change is applied at the second look.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a service may take to apply a configuration, 1 s to 10 min. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ApplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pause before a service that failed is asked again, 10 ms to 1 min; it doubles each time. Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such pause, 1 s to 1 h. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxRetryPause { get; init; } = TimeSpan.FromSeconds(30);
}
