using System.Diagnostics.Metrics;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// What Prometheus is told of an instrument. Instruments with equal shape and name share one family of series.
/// </summary>
/// <param name="Name">A valid Prometheus metric name.</param>
/// <param name="Help">One line for people; empty when the instrument has no description.</param>
/// <param name="Kind">How its measurements add up.</param>
/// <param name="Integral">Whether measurements are whole numbers, which are then summed exactly.</param>
/// <param name="Observed">
/// Whether it is asked for its value at each scrape, rather than telling when it changes.
/// </param>
internal sealed record MetricDescription(string Name, string Help, MetricKind Kind, bool Integral, bool Observed)
{
    /// <summary>Describes an instrument.</summary>
    /// <returns>Null for a kind of instrument that has no place in the text format.</returns>
    public static MetricDescription? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType || KindOf(type.GetGenericTypeDefinition()) is not { } kind)
        {
            return null;
        }

        var measured = type.GenericTypeArguments[0];
        var integral = measured == typeof(long) || measured == typeof(int)
            || measured == typeof(short) || measured == typeof(byte);
        var name = PrometheusNames.Metric(instrument.Name);
        var help = instrument.Description ?? "";
        return new MetricDescription(name, help, kind, integral, instrument.IsObservable);
    }

    /// <summary>
    /// Whether measurements of both may be kept in the same series. Help is for people and may differ.
    /// </summary>
    public bool SharesSeriesWith(MetricDescription other) => this with { Help = other.Help } == other;

    private static MetricKind? KindOf(Type definition) => definition switch
    {
        _ when definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>) => MetricKind.Counter,
        _ when definition == typeof(UpDownCounter<>) || definition == typeof(ObservableUpDownCounter<>) =>
            MetricKind.UpDownCounter,
        _ when definition == typeof(Gauge<>) || definition == typeof(ObservableGauge<>) => MetricKind.Gauge,
        _ when definition == typeof(Histogram<>) => MetricKind.Histogram,
        _ => null,
    };
}
