namespace LlmPlatform.Hosting.Telemetry;

/// <summary>Distributions with explicit buckets.</summary>
internal sealed class HistogramFamily : MetricFamily
{
    private readonly SeriesTable<HistogramSeries> _series;
    private readonly string[] _bounds;

    /// <summary>Starts empty.</summary>
    /// <param name="description">What is measured.</param>
    /// <param name="bounds">Upper bounds of the buckets, inclusive, rising and finite.</param>
    /// <param name="maxSeries">Label sets that are told apart.</param>
    public HistogramFamily(MetricDescription description, double[] bounds, int maxSeries)
        : base(description)
    {
        _series = new(maxSeries, labels => new HistogramSeries(labels, bounds));
        _bounds = [.. bounds.Select(PrometheusText.Bound), PrometheusText.Bound(double.PositiveInfinity)];
    }

    public override void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Description.Integral)
        {
            _series.Find(tags).Record(value);
        }
        else
        {
            Record((double)value, tags);
        }
    }

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One NaN or infinity would spoil the sum for good.
        if (double.IsFinite(value))
        {
            _series.Find(tags).Record(value);
        }
    }

    public override void BeginScrape()
    {
        // Histograms are never observed: there is nothing to forget.
    }

    public override void Write(PrometheusText output)
    {
        output.Header(Description.Name, Description.Help, "histogram");
        foreach (var series in _series.Snapshot())
        {
            // The count is the sum of the buckets as they were read, so that it equals the +Inf bucket while others
            // record.
            var count = 0L;
            for (var bucket = 0; bucket < _bounds.Length; bucket++)
            {
                count += series.ReadBucket(bucket);
                output.Bucket(Description.Name, series.Labels, _bounds[bucket], count);
            }

            if (Description.Integral)
            {
                output.Sample(Description.Name, "_sum", series.Labels, series.ReadLongSum());
            }
            else
            {
                output.Sample(Description.Name, "_sum", series.Labels, series.ReadDoubleSum());
            }

            output.Sample(Description.Name, "_count", series.Labels, count);
        }
    }
}
