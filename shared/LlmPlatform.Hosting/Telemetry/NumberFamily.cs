namespace LlmPlatform.Hosting.Telemetry;

/// <summary>Counters, up-down counters and gauges.</summary>
internal sealed class NumberFamily(MetricDescription description, int maxSeries) : MetricFamily(description)
{
    private SeriesTable<NumberSeries> _series = NewTable(maxSeries);

    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!Description.Integral)
        {
            Record((double)value, tags);
        }
        else if (Description.Kind == MetricKind.Gauge)
        {
            _series.Find(tags).Set(value);
        }
        else if (Description.Kind != MetricKind.Counter || value >= 0)
        {
            _series.Find(tags).Add(value);
        }
    }

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Description.Kind == MetricKind.Gauge)
        {
            _series.Find(tags).Set(value);
        }
        else if (double.IsFinite(value) && (Description.Kind != MetricKind.Counter || value >= 0))
        {
            // One NaN or infinity would spoil the sum for good, and a counter that falls reads as a restart.
            _series.Find(tags).Add(value);
        }
    }

    public override void BeginScrape()
    {
        if (Description.Observed)
        {
            _series = NewTable(maxSeries);
        }
    }

    public override void Write(PrometheusText output)
    {
        output.Header(Description.Name, Description.Help, Description.Kind == MetricKind.Counter ? "counter" : "gauge");
        foreach (var series in _series.Snapshot())
        {
            if (Description.Integral)
            {
                output.Sample(Description.Name, "", series.Labels, series.ReadLong());
            }
            else
            {
                output.Sample(Description.Name, "", series.Labels, series.ReadDouble());
            }
        }
    }

    private static SeriesTable<NumberSeries> NewTable(int maxSeries) =>
        new(maxSeries, static labels => new NumberSeries(labels));
}
