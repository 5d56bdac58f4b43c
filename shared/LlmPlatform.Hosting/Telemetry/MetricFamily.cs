namespace LlmPlatform.Hosting.Telemetry;

/// <summary>All series of one metric name.</summary>
internal abstract class MetricFamily(MetricDescription description)
{
    public MetricDescription Description => description;

    /// <summary>Takes in a whole number; called by any thread, and allocates nothing once the tags are known.</summary>
    public abstract void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Takes in a number; called by any thread, and allocates nothing once the tags are known.</summary>
    public abstract void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>
    /// Forgets what an observed metric said at the last scrape: what it no longer names must not linger.
    /// </summary>
    public abstract void BeginScrape();

    /// <summary>Writes every series.</summary>
    public abstract void Write(PrometheusText output);
}
