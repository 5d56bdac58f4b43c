namespace LlmPlatform.Hosting.Telemetry;

/// <summary>One distribution with labels: how many measurements fell into each bucket, and their sum.</summary>
/// <param name="labels">The inside of its braces.</param>
/// <param name="bounds">
/// Upper bounds of the buckets, inclusive and rising; one more bucket takes what is above them all.
/// </param>
internal sealed class HistogramSeries(string labels, double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private long _sum;

    public string Labels => labels;

    public void Record(long value)
    {
        Count(value);
        Interlocked.Add(ref _sum, value);
    }

    public void Record(double value)
    {
        Count(value);
        AtomicDouble.Add(ref _sum, value);
    }

    public long ReadBucket(int index) => Interlocked.Read(ref _buckets[index]);

    public long ReadLongSum() => Interlocked.Read(ref _sum);

    public double ReadDoubleSum() => AtomicDouble.Read(ref _sum);

    private void Count(double value)
    {
        // A value that equals a bound is found there; of any other the search tells the complement of the next bound.
        var found = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _buckets[found >= 0 ? found : ~found]);
    }
}
