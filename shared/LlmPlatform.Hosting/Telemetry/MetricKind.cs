namespace LlmPlatform.Hosting.Telemetry;

/// <summary>How measurements of an instrument add up to what is exposed.</summary>
internal enum MetricKind
{
    /// <summary>Each measurement is added; it never falls.</summary>
    Counter,

    /// <summary>Each measurement is added and may be negative; exposed as a gauge.</summary>
    UpDownCounter,

    /// <summary>The last measurement is the value.</summary>
    Gauge,

    /// <summary>Measurements are counted in buckets.</summary>
    Histogram,
}
