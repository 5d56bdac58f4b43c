using System.Diagnostics.Metrics;
using System.Numerics;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>Where the buckets of a histogram lie.</summary>
internal static class HistogramBuckets
{
    // From a cache hit to a long reasoning answer.
    private static readonly double[] _seconds =
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    private static readonly double[] _amounts =
        [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000, 100_000, 1_000_000];

    /// <summary>
    /// The upper bounds that the instrument advises, or else some that suit seconds or plain amounts.
    /// </summary>
    public static double[] Of(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> histogram => Advised(histogram),
            Histogram<long> histogram => Advised(histogram),
            Histogram<int> histogram => Advised(histogram),
            Histogram<float> histogram => Advised(histogram),
            Histogram<decimal> histogram => Advised(histogram),
            Histogram<short> histogram => Advised(histogram),
            Histogram<byte> histogram => Advised(histogram),
            _ => null,
        };

        var inSeconds = instrument.Unit == "s" || instrument.Name.EndsWith("_seconds", StringComparison.Ordinal);
        return advised ?? (inSeconds ? _seconds : _amounts);
    }

    // The bucket above all bounds is always there: an advised infinity would make it twice.
    private static double[]? Advised<T>(Instrument<T> instrument)
        where T : struct, INumber<T> =>
        instrument.Advice?.HistogramBucketBoundaries?.Select(double.CreateChecked).Where(double.IsFinite).ToArray();
}
