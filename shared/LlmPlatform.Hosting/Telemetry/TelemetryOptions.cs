using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// Bounds of what telemetry may cost. Endpoints, sampling and intervals come from the <c>OTEL_*</c> variables.
/// </summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Hosting:Telemetry";

    /// <summary>
    /// Distinct label sets that one Prometheus metric may hold. Measurements beyond them are counted in one series
    /// <c>{overflow="true"}</c>. From 1 to 1,000,000; default 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxSeriesPerInstrument { get; init; } = 10_000;

    /// <summary>
    /// How long stopping waits for the last spans and metrics to reach the collector before they are given up.
    /// From 0.1 seconds to 1 minute; default 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
